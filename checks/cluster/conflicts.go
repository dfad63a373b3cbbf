package cluster

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/metadata"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/release"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

func checkConflicts(ctx context.Context, e *check.Env) (string, error) {
	r, err := e.Render(ctx)
	if err != nil {
		return "", err
	}
	config, err := e.Cluster.Config()
	if err != nil {
		return "", err
	}
	client, err := metadata.NewForConfig(config)
	if err != nil {
		return "", err
	}
	wanted := claims(r)
	problems := make([]*check.Fault, len(wanted))
	faults := make([]error, len(wanted))
	var group sync.WaitGroup
	for i, c := range wanted {
		group.Go(func() { problems[i], faults[i] = conflict(ctx, e, client, c) })
	}
	group.Wait()
	return judgeConflicts(wanted, problems, faults)
}

func judgeConflicts(wanted []release.Claim, problems []*check.Fault, faults []error) (string, error) {
	for _, err := range faults {
		if err != nil {
			return "", err
		}
	}
	var found, remedies []string
	warn := true
	for _, p := range problems {
		if p != nil {
			found, remedies, warn = append(found, p.Summary), append(remedies, p.Remedy), warn && p.Warn
		}
	}
	if len(found) > 0 {
		return "", &check.Fault{
			Summary: strings.Join(found, "\n"), Remedy: strings.Join(slices.Compact(remedies), "\n"), Warn: warn,
		}
	}
	return fmt.Sprintf("%d names are free or belong to this release", len(wanted)), nil
}

// claims returns the objects that the install creates, without the chart's
// tests.
func claims(r check.Rendered) []release.Claim {
	var all []release.Claim
	for _, o := range r.Objects {
		if !o.Test() {
			all = append(all, release.ClaimOf(o))
		}
	}
	kind := schema.GroupVersionKind{Version: "v1", Kind: "Secret"}
	for _, s := range r.Secrets {
		all = append(all, release.Claim{Kind: kind, Name: s.Name, Prepared: true})
	}
	return all
}

// conflict returns the fault of an existing object that this release does not own.
func conflict(ctx context.Context, e *check.Env, client metadata.Interface, c release.Claim) (*check.Fault, error) {
	resource, _ := meta.UnsafeGuessKindToResource(c.Kind)
	getter := client.Resource(resource).Namespace(e.Namespace())
	if release.ClusterKinds[c.Kind.Kind] {
		return nil, nil
	}
	found, err := getter.Get(ctx, c.Name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) || apierrors.IsForbidden(err) {
		return nil, nil // cluster.permissions reports objects that the user cannot read
	}
	if err != nil {
		return nil, check.KubeError(err)
	}
	owner, ours := release.OwnerOf(e, found, c)
	object := strings.ToLower(c.Kind.Kind) + "/" + c.Name
	switch {
	case !ours && c.Prepared: // never suggest deleting it: it may contain the only copy of a key
		return &check.Fault{
			Summary: fmt.Sprintf("%s %s exists and belongs to %s", c.Kind.Kind, c.Name, owner),
			Remedy: "if it was created for this release, adopt it and keep its keys: " +
				manifest.LabelSecret(e.Namespace(), c.Name, e.Release()) +
				"\notherwise use another namespace or release: --namespace NAME, --release NAME",
		}, nil
	case !ours:
		return &check.Fault{
			Summary: fmt.Sprintf("%s %s exists and belongs to %s", c.Kind.Kind, c.Name, owner),
			Remedy: fmt.Sprintf("use another namespace (some names in the chart are fixed): --namespace NAME"+
				"\nor delete it: kubectl -n %s delete %s", e.Namespace(), object),
		}, nil
	case c.Hook && c.Kind.Kind == "PersistentVolumeClaim":
		return leftoverVolume(ctx, e, c)
	}
	return nil, nil
}

// leftoverVolume warns about a volume of a previous install. In an upgrade it is
// the volume in use.
func leftoverVolume(ctx context.Context, e *check.Env, c release.Claim) (*check.Fault, error) {
	release, err := release.FindDeployed(ctx, e)
	if err != nil || release != nil && release.Status != "uninstalled" {
		return nil, nil //nolint:nilerr // cluster.release reports the error
	}
	return &check.Fault{
		Warn: true, Summary: fmt.Sprintf("the volume %s of a previous install still exists", c.Name),
		Reason: "the server starts with the data in it",
		Remedy: fmt.Sprintf("keep it to reuse its data; for a fresh start, delete it: kubectl -n %s delete pvc/%s",
			e.Namespace(), c.Name),
	}, nil
}
