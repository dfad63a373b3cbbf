package checks

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

	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

func clusterConflicts(ctx context.Context, e *Env) (string, error) {
	r, err := e.rendered(ctx)
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
	problems := make([]*Fault, len(wanted))
	faults := make([]error, len(wanted))
	var group sync.WaitGroup
	for i, c := range wanted {
		group.Go(func() { problems[i], faults[i] = e.contested(ctx, client, c) })
	}
	group.Wait()
	return judgeConflicts(wanted, problems, faults)
}

func judgeConflicts(wanted []claimed, problems []*Fault, faults []error) (string, error) {
	for _, err := range faults {
		if err != nil {
			return "", err
		}
	}
	var found, remedies []string
	warn := true
	for _, p := range problems {
		if p != nil {
			found, remedies, warn = append(found, p.Found), append(remedies, p.Remedy), warn && p.Warn
		}
	}
	if len(found) > 0 {
		return "", &Fault{Found: strings.Join(found, "\n"), Remedy: strings.Join(slices.Compact(remedies), "\n"), Warn: warn}
	}
	return fmt.Sprintf("%d names are free, or ours", len(wanted)), nil
}

// claims lists what the install writes, without what exists for tests only.
func claims(r Rendered) []claimed {
	var all []claimed
	for _, o := range r.Objects {
		if !o.Test() {
			all = append(all, claimOf(o))
		}
	}
	for _, s := range r.Secrets {
		all = append(all, claimed{kind: schema.GroupVersionKind{Version: "v1", Kind: "Secret"}, name: s.Name, prepared: true})
	}
	return all
}

// contested looks whether an object of that name exists and whose it is.
func (e *Env) contested(ctx context.Context, client metadata.Interface, c claimed) (*Fault, error) {
	resource, _ := meta.UnsafeGuessKindToResource(c.kind)
	getter := client.Resource(resource).Namespace(e.namespace())
	if clusterKinds[c.kind.Kind] {
		return nil, nil
	}
	found, err := getter.Get(ctx, c.name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) || apierrors.IsForbidden(err) {
		return nil, nil // what may not be read is named by cluster.permissions
	}
	if err != nil {
		return nil, kubeError(err)
	}
	owner, ours := e.ownerOf(found, c)
	object := strings.ToLower(c.kind.Kind) + "/" + c.name
	switch {
	case !ours && c.prepared: // never to be removed: it may hold the only copy of a key
		return &Fault{
			Found: fmt.Sprintf("%s %s exists and belongs to %s", c.kind.Kind, c.name, owner),
			Remedy: "if it was made for this release, adopt it, and its keys are kept: " + manifest.LabelSecret(e.namespace(), c.name, e.release()) +
				"\notherwise take another namespace or release (--namespace NAME, --release NAME)",
		}, nil
	case !ours:
		return &Fault{
			Found:  fmt.Sprintf("%s %s exists and belongs to %s", c.kind.Kind, c.name, owner),
			Remedy: fmt.Sprintf("take another namespace (--namespace NAME: the chart gives some objects a fixed name), or remove it: kubectl -n %s delete %s", e.namespace(), object),
		}, nil
	case c.hook && c.kind.Kind == "PersistentVolumeClaim":
		return e.leftClaim(ctx, c)
	}
	return nil, nil
}

// leftClaim names a volume that outlived an earlier install. In an upgrade it
// is the one in use.
func (e *Env) leftClaim(ctx context.Context, c claimed) (*Fault, error) {
	release, err := e.deployed(ctx)
	if err != nil || release != nil && release.status != "uninstalled" {
		return nil, nil //nolint:nilerr // cluster.release reports what it cannot read
	}
	return &Fault{
		Warn: true, Found: fmt.Sprintf("the volume %s of an earlier install is still there", c.name),
		Remedy: fmt.Sprintf("its data is used again, if the chart takes it over; for a fresh start: kubectl -n %s delete pvc/%s", e.namespace(), c.name),
	}, nil
}
