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

// takeAccount gives the pod the server's ServiceAccount, whose pull secrets
// and bindings decide whether the server starts. Before the chart has made it,
// the pod has the default one and the pull secrets that the chart's will have.
func (l *podLook) takeAccount(ctx context.Context, r check.Rendered, name string) error {
	name = cmp.Or(name, release.DefaultAccount)
	there, err := release.AccountExists(ctx, l.env, r, name)
	if err != nil {
		return err
	}
	if there {
		l.pod.Spec.ServiceAccountName = name
		return nil
	}
	l.pod.Spec.ServiceAccountName = release.DefaultAccount
	if len(l.pod.Spec.ImagePullSecrets) > 0 {
		return nil
	}
	if l.pod.Spec.ImagePullSecrets, err = chartsPullSecrets(r, name); err != nil {
		return err
	}
	if len(l.pod.Spec.ImagePullSecrets) == 0 {
		l.differs = l.borrowed(ctx, name)
	}
	return nil
}

// chartsPullSecrets are those of a ServiceAccount that the chart makes.
func chartsPullSecrets(r check.Rendered, name string) ([]corev1.LocalObjectReference, error) {
	for _, o := range manifest.Find(r.Objects, "ServiceAccount", name) {
		var account corev1.ServiceAccount
		err := runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, &account)
		return account.ImagePullSecrets, err
	}
	return nil, nil
}

// borrowed says that the pod gets pull secrets which the server's pods will
// not have: Kubernetes gives those of the account to pods without any.
func (l *podLook) borrowed(ctx context.Context, name string) string {
	var names []string
	for _, ref := range release.PullSecrets(ctx, l.env, release.DefaultAccount) {
		names = append(names, ref.Name)
	}
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf("; its image was pulled with %s of the ServiceAccount %s, which %s will not have: name it in server.image.pullSecrets if the image needs it", check.JoinAnd(names), release.DefaultAccount, name)
}
