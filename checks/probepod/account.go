package probepod

import (
	"cmp"
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/release"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// setServiceAccount gives the pod the server's ServiceAccount, whose pull
// secrets and bindings determine whether the server starts. If the chart has
// not created it yet, the pod gets the default one and the pull secrets of the
// rendered one.
func (p *probePod) setServiceAccount(ctx context.Context, r check.Rendered, name string) error {
	name = cmp.Or(name, release.DefaultAccount)
	there, err := release.AccountExists(ctx, p.env, r, name)
	if err != nil {
		return err
	}
	if there {
		p.pod.Spec.ServiceAccountName = name
		return nil
	}
	p.pod.Spec.ServiceAccountName = release.DefaultAccount
	if len(p.pod.Spec.ImagePullSecrets) > 0 {
		return nil
	}
	if p.pod.Spec.ImagePullSecrets, err = renderedPullSecrets(r, name); err != nil {
		return err
	}
	if len(p.pod.Spec.ImagePullSecrets) == 0 {
		p.differs = p.defaultPullSecrets(ctx, name)
	}
	return nil
}

// renderedPullSecrets returns the pull secrets of a ServiceAccount in the chart.
func renderedPullSecrets(r check.Rendered, name string) ([]corev1.LocalObjectReference, error) {
	for _, o := range manifest.Find(r.Objects, "ServiceAccount", name) {
		var account corev1.ServiceAccount
		err := runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, &account)
		return account.ImagePullSecrets, err
	}
	return nil, nil
}

// defaultPullSecrets notes that the pod uses pull secrets that the server's
// pods will not have: Kubernetes adds those of the ServiceAccount to pods
// without any.
func (p *probePod) defaultPullSecrets(ctx context.Context, name string) string {
	var names []string
	for _, ref := range release.PullSecrets(ctx, p.env, release.DefaultAccount) {
		names = append(names, ref.Name)
	}
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf(
		"; the image was pulled with %s of ServiceAccount %s, which ServiceAccount %s will not have: add it to "+
			"server.image.pullSecrets if the image needs it",
		check.JoinAnd(names), release.DefaultAccount, name)
}
