package install

import (
	"context"
	"errors"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"helm.sh/helm/v3/pkg/action"
	helmchart "helm.sh/helm/v3/pkg/chart"
	helmrelease "helm.sh/helm/v3/pkg/release"

	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/transport"
)

// DryRun is what Apply would write for a plan.
type DryRun struct {
	Plan      Plan
	Before    *Release // nil for a new release
	Namespace Presence
	Secrets   []PlannedSecret
	Objects   []manifest.Object // as Helm would send them, hooks included
	// Offline is why the chart was rendered without the cluster, so that values
	// that it looks up or generates are not those of an install. It is nil if Helm
	// rendered the chart.
	Offline error
}

// Upgrades reports whether the release exists.
func (d DryRun) Upgrades() bool { return revisionOf(d.Before) > 0 }

// Presence is whether an object exists.
type Presence string

// The values of Presence.
const (
	Exists  Presence = "exists"
	Missing Presence = "missing"
	Unknown Presence = "unknown" // no permission to read it
)

// PlannedSecret is a Secret of the plan and its state in the cluster.
type PlannedSecret struct {
	Wanted   corev1.Secret
	Found    *corev1.Secret // nil if it does not exist
	Presence Presence
}

// DryRun returns what Apply would write, and writes nothing. It returns the same
// errors as Apply for a plan that cannot work.
func (e *Engine) DryRun(ctx context.Context, plan Plan) (DryRun, error) {
	r, err := newRun(e, plan, event.NewEmitter(nil), func(error) {})
	if err != nil {
		return DryRun{}, err
	}
	dry := DryRun{Plan: plan, Namespace: r.findNamespace(ctx)}
	if err := r.readCapabilities(ctx); err != nil {
		return dry, err
	}
	if err := r.readState(ctx); err != nil && !apierrors.IsForbidden(err) {
		return dry, err
	}
	dry.Before = r.outcome.Before
	if dry.Secrets, err = r.dryRunSecrets(ctx); err != nil {
		return dry, err
	}
	dry.Objects, dry.Offline, err = r.dryRunObjects(ctx)
	return dry, err
}

func (r *run) findNamespace(ctx context.Context) Presence {
	_, err := r.client.CoreV1().Namespaces().Get(ctx, r.plan.Namespace, metav1.GetOptions{})
	return presence(err)
}

func presence(err error) Presence {
	switch {
	case err == nil:
		return Exists
	case apierrors.IsNotFound(err):
		return Missing
	}
	return Unknown
}

// dryRunSecrets compares the plan's Secrets with the cluster as putSecret does.
func (r *run) dryRunSecrets(ctx context.Context) ([]PlannedSecret, error) {
	var all []PlannedSecret
	for i := range r.plan.Secrets {
		wanted := r.wantedSecret(&r.plan.Secrets[i])
		found, err := r.client.CoreV1().Secrets(r.plan.Namespace).Get(ctx, wanted.Name, metav1.GetOptions{})
		planned := PlannedSecret{Wanted: *wanted, Presence: presence(err)}
		switch {
		case planned.Presence == Unknown && !apierrors.IsForbidden(err):
			return nil, secretError(wanted, err)
		case planned.Presence == Exists:
			planned.Found = found
			if !ours(found, r.plan.Release) {
				return nil, foreignSecret(found, r.plan.Release)
			}
			if err := r.plan.keepsKeys(found, wanted); err != nil {
				return nil, err
			}
		}
		all = append(all, planned)
	}
	return all, nil
}

// dryRunObjects returns the objects of Helm's own dry run, which can look up
// what is in the cluster. Without the permissions for it, while another operation on the
// release is pending, or before the install has created CRDs, it renders the chart
// without the cluster.
func (r *run) dryRunObjects(ctx context.Context) (objects []manifest.Object, offline, err error) {
	stored, err := r.helmDryRun(ctx)
	if err == nil {
		objects, err = newRelease(stored).Objects()
		return objects, nil, err
	}
	if ctx.Err() != nil {
		return nil, nil, context.Cause(ctx)
	}
	before := r.outcome.Before
	awaitsCRDs := r.plan.InstallsGatewayAPI() && strings.Contains(err.Error(), "no matches for kind")
	if !awaitsCRDs && !isForbidden(err) && (before == nil || !before.Pending()) {
		return nil, nil, r.helmError(err)
	}
	if err := r.render(ctx); err != nil {
		return nil, nil, err
	}
	if awaitsCRDs {
		return r.rendered.Objects, errors.New("the Gateway API is not installed yet"), nil
	}
	return r.rendered.Objects, transport.WithoutURL(err), nil
}

// isForbidden reports whether an error is about permissions, including errors of
// templates, which lose their type.
func isForbidden(err error) bool {
	return apierrors.IsForbidden(err) || strings.Contains(err.Error(), "is forbidden")
}

// helmDryRun runs Helm without writing anything.
func (r *run) helmDryRun(ctx context.Context) (stored *helmrelease.Release, err error) {
	config, err := r.engine.readConfig(ctx, r.plan.Namespace)
	if err != nil {
		return nil, err
	}
	config.Capabilities = r.capabilities
	gate, done := &renderGate{}, make(chan error, 1)
	var result *helmrelease.Release
	go func() {
		done <- r.plan.Chart.WithHelm(func(loaded *helmchart.Chart) error {
			var err error
			result, err = r.dryRunAction(ctx, config, gate, loaded)
			return err
		})
	}()
	if err := gate.wait(ctx, done, renderTime); err != nil {
		return nil, err
	}
	if result == nil {
		return nil, errors.New("the dry run of Helm returned no release")
	}
	return result, nil
}

// onServer is Helm's dry run in which templates can look up objects.
const onServer = "server"

func (r *run) dryRunAction(
	ctx context.Context, config *action.Configuration, gate *renderGate, loaded *helmchart.Chart,
) (*helmrelease.Release, error) {
	ctx = context.WithoutCancel(ctx) // the requests end with the context of the configuration
	if r.outcome.Upgraded() {
		upgrade := r.newUpgrade(config, gate)
		upgrade.DryRun, upgrade.DryRunOption, upgrade.Wait = true, onServer, false
		return upgrade.RunWithContext(ctx, r.plan.Release, loaded, r.helmValues())
	}
	install := r.newInstall(config, gate)
	install.DryRun, install.DryRunOption, install.Wait = true, onServer, false
	return install.RunWithContext(ctx, loaded, r.helmValues())
}
