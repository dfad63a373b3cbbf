package admission

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/release"
	"github.com/zenml-installer/zenml-installer/internal/gatewayapi"
	"github.com/zenml-installer/zenml-installer/internal/prerequisite"
)

// refusedObject is an object that the API server rejects.
type refusedObject struct {
	trial
	err error
}

// untriedObject is an object that could not be tried.
type untriedObject struct {
	trial
	err error
}

func (u untriedObject) String() string { return fmt.Sprintf("%s (%v)", u.trial, u.err) }

// trialClient is the client for the trials.
func trialClient(e *check.Env) (dynamic.Interface, error) {
	config, err := e.Cluster.Config()
	if err != nil {
		return nil, err
	}
	config = rest.CopyConfig(config)
	config.WarningHandler = rest.NoWarnings{} // the client would print warnings
	return dynamic.NewForConfig(config)
}

// untriedTrials returns the objects that could not be tried.
func (o *outcome) untriedTrials() []trial {
	var all []trial
	for _, u := range o.untried {
		all = append(all, u.trial)
	}
	return all
}

var outcomeMemo = check.NewMemo[outcome]("dry run")

// tryAll tries every object of the install, once.
func tryAll(ctx context.Context, e *check.Env) (outcome, error) {
	return outcomeMemo.Get(ctx, e, func(ctx context.Context) (outcome, error) {
		r, err := e.Render(ctx)
		if err != nil {
			return outcome{}, err
		}
		where, err := chooseSite(ctx, e)
		if err != nil {
			return outcome{}, err
		}
		tries, err := trials(ctx, e, where, r)
		if err != nil {
			return outcome{}, err
		}
		done, err := dryRun(ctx, e, where, tries)
		done.where, done.total = where, len(tries)
		return done, err
	})
}

// dryRun runs the trials concurrently.
func dryRun(ctx context.Context, e *check.Env, where trialSite, tries []trial) (outcome, error) {
	client, err := trialClient(e)
	if err != nil {
		return outcome{}, err
	}
	results := make([]error, len(tries))
	var group sync.WaitGroup
	for i := range tries {
		group.Go(func() { results[i] = tryOne(ctx, e, client, where, &tries[i]) })
	}
	group.Wait()
	var done outcome
	for i, err := range results {
		if awaitsCRD(e, tries[i], err) {
			continue
		}
		if err := done.add(tries[i], err); err != nil {
			return outcome{}, err
		}
	}
	return done, nil
}

// awaitsCRD reports whether the API server does not know the kind of an object yet,
// because the install creates its CRD with the other prerequisites.
func awaitsCRD(e *check.Env, t trial, err error) bool {
	return apierrors.IsNotFound(err) && t.object.GroupVersionKind().Group == gatewayapi.Group &&
		prerequisite.WantsGateway(e.Answers) && prerequisite.Traefik.IsWanted(e.Answers)
}

// add classifies the response to a trial, and returns an error that is not
// about the object.
func (o *outcome) add(t trial, err error) error {
	switch {
	case err == nil || apierrors.IsAlreadyExists(err): // admission runs before the name is checked
		o.accepted = append(o.accepted, t)
	case cannotTry(err):
		o.untried = append(o.untried, untriedObject{t, err})
	case check.IsTransient(check.KubeError(err)):
		return check.KubeError(err)
	case !isStatus(err): // connection error
		return check.Transient(err)
	default:
		o.refused = append(o.refused, refusedObject{t, err})
	}
	return nil
}

// isStatus reports whether the API server answered with an error.
func isStatus(err error) bool {
	var status apierrors.APIStatus
	return errors.As(err, &status)
}

// tryOne tries an existing object of this release as the patch of the upgrade,
// and anything else as a new object: a full quota rejects a new object before its
// name is checked.
func tryOne(ctx context.Context, e *check.Env, client dynamic.Interface, where trialSite, t *trial) error {
	resource, _ := meta.UnsafeGuessKindToResource(t.object.GroupVersionKind())
	objects := client.Resource(resource).Namespace(where.namespace)
	live, err := ownObject(ctx, e, objects, where, t)
	switch {
	case err != nil:
		return err
	case live == nil:
		t.answer, err = tryNew(ctx, objects, where, &t.object)
		return err
	case t.claim.Hook || t.claim.Prepared:
		_, err = tryNew(ctx, objects, where, &t.object)
		return ignoreFullQuota(err)
	}
	return tryPatch(ctx, e, objects, &t.object, live)
}

// ownObject returns the existing object with that name, if this release owns
// it.
func ownObject(
	ctx context.Context, e *check.Env, objects dynamic.ResourceInterface, where trialSite, t *trial,
) (*unstructured.Unstructured, error) {
	if where.standIn || t.isPod() {
		return nil, nil
	}
	live, err := objects.Get(ctx, t.object.GetName(), metav1.GetOptions{})
	if err != nil {
		return nil, ignoreHidden(err)
	}
	meta := metav1.ObjectMeta{Labels: live.GetLabels(), Annotations: live.GetAnnotations()}
	if _, ours := release.OwnerOf(e, &metav1.PartialObjectMetadata{ObjectMeta: meta}, t.claim); !ours {
		return nil, nil
	}
	return live, nil
}

// ignoreFullQuota ignores a full quota for an object that Helm replaces. The quota
// comes after every other admission step.
func ignoreFullQuota(err error) error {
	if err != nil && strings.Contains(err.Error(), "exceeded quota") {
		return nil
	}
	return err
}

func tryNew(
	ctx context.Context, objects dynamic.ResourceInterface, where trialSite, o *unstructured.Unstructured,
) (*unstructured.Unstructured, error) {
	create := func(o *unstructured.Unstructured) (*unstructured.Unstructured, error) {
		o.SetNamespace(where.namespace)
		return objects.Create(ctx, o, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	}
	admitted, err := create(o.DeepCopy())
	if where.standIn && apierrors.IsAlreadyExists(err) {
		other := o.DeepCopy()
		other.SetName(freeName(o.GetName()))
		return create(other)
	}
	return admitted, err
}

// cannotTry reports whether the rejection is about the trial rather than the
// object: no permission to create pods, which the install does not need, or a
// webhook without support for dry runs.
func cannotTry(err error) bool {
	text := err.Error()
	noPermission := strings.Contains(text, `cannot create resource "`) ||
		strings.Contains(text, `cannot patch resource "`)
	return apierrors.IsForbidden(err) && noPermission ||
		apierrors.IsBadRequest(err) && strings.Contains(text, "does not support dry run")
}
