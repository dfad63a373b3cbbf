package install

import (
	"context"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/runlock"
	"github.com/zenml-installer/zenml-installer/internal/transport"
)

// Remains is what exists of a release before it is removed.
type Remains struct {
	Release *Release       // nil if there is no Helm release
	Secrets []event.Object // created by the installer for this release
	Keys    []event.Object // those with an encryption key
	Claims  []event.Object // volume claims that outlive the release
	// Certificates are the Secrets that cert-manager filled for the release's Ingresses.
	// They outlive the Certificate, which is removed with the Ingress.
	Certificates []event.Object
	Lock         *runlock.Holder // the run that holds the lock, in progress or killed; nil if there is none
	Others       []string        // other releases in the namespace, if this one does not exist
}

// None reports whether there is nothing to remove.
func (r Remains) None() bool { return r.Release == nil && len(r.Secrets) == 0 && r.Lock == nil }

// Remains returns what exists of a release.
func (e *Engine) Remains(ctx context.Context, namespace, release string) (Remains, error) {
	var r Remains
	client, err := e.Access.Client()
	if err != nil {
		return r, err
	}
	objects := kubeObjects{client, namespace}
	if r.Release, err = e.Release(ctx, namespace, release); err != nil {
		return r, err
	}
	if r.Lock, err = findLock(ctx, client, namespace, release); err != nil {
		return r, err
	}
	if r.Claims, err = objects.claims(ctx, release); err != nil {
		return r, err
	}
	if r.Release == nil {
		r.Others, err = e.releases(ctx, namespace)
	} else {
		r.Claims, err = r.Release.outlived(r.Claims)
		r.Certificates = objects.certificates(ctx, r.Release)
	}
	if err != nil {
		return r, err
	}
	secrets, err := objects.secrets(ctx, release)
	for _, s := range secrets {
		r.Secrets = append(r.Secrets, secretObject(s))
		if holdsKey(s) {
			r.Keys = append(r.Keys, secretObject(s))
		}
	}
	return r, err
}

// outlived returns the claims that Helm does not remove with the release. It
// removes those that the release rendered and did not mark as kept.
func (r *Release) outlived(claims []event.Object) ([]event.Object, error) {
	objects, err := r.Objects()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(claims, func(c event.Object) bool {
		return slices.ContainsFunc(manifest.Find(objects, c.Kind, c.Name), func(o manifest.Object) bool {
			return len(o.Hooks()) == 0 && o.GetAnnotations()["helm.sh/resource-policy"] != "keep"
		})
	}), nil
}

// certManagerMark is an annotation of the Secrets that cert-manager fills.
const certManagerMark = "cert-manager.io/certificate-name"

// certificates returns the Secrets that cert-manager filled for the Ingresses of a
// release, as far as the user can read them.
func (k kubeObjects) certificates(ctx context.Context, r *Release) []event.Object {
	objects, err := r.Objects()
	if err != nil {
		return nil
	}
	var found []event.Object
	for _, o := range manifest.Find(objects, "Ingress", "") {
		blocks, _, _ := unstructured.NestedSlice(o.Object, "spec", "tls")
		for _, b := range blocks {
			block, _ := b.(map[string]any)
			name, _ := block["secretName"].(string)
			s, err := k.client.CoreV1().Secrets(k.namespace).Get(ctx, name, metav1.GetOptions{})
			if name != "" && err == nil && s.Annotations[certManagerMark] != "" {
				found = append(found, secretObject(*s))
			}
		}
	}
	return found
}

// releases returns the names of the releases in a namespace.
func (e *Engine) releases(ctx context.Context, namespace string) ([]string, error) {
	config, err := e.readConfig(ctx, namespace)
	if err != nil {
		return nil, err
	}
	stored, err := config.Releases.ListReleases()
	if err != nil {
		return nil, fmt.Errorf("releases in namespace %s: %w", namespace, transport.WithoutURL(err))
	}
	var names []string
	for _, s := range stored {
		names = append(names, s.Name)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
