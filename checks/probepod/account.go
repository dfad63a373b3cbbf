package probepod

import (
	"cmp"
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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
		p.differs += p.defaultPullSecrets(ctx, name)
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

// useServerAccount selects the server's ServiceAccount, which decides the identity. One
// that the chart will create is created for the pod, and removed with it.
func (p *probePod) useServerAccount(ctx context.Context, r check.Rendered, name string) error {
	name = cmp.Or(name, release.DefaultAccount)
	p.pod.Spec.ServiceAccountName = name
	there, err := release.AccountExists(ctx, p.env, r, name)
	if err != nil || there {
		return err
	}
	account := &corev1.ServiceAccount{}
	rendered := manifest.Find(r.Objects, "ServiceAccount", name)[0]
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(rendered.Object, account); err != nil {
		return err
	}
	account.Namespace = p.env.Namespace()
	prepareAdoption(account, p.env.Release())
	metav1.SetMetaDataLabel(&account.ObjectMeta, accountLabel, p.pod.Name)
	p.account = account
	return nil
}

// accountLabel marks a ServiceAccount that a check created. It contains the pod's name.
// The label managed-by cannot mark it, because Helm reads that.
const accountLabel = "zenml-installer/preflight"

// prepareAdoption lets Helm take the ServiceAccount over, if it could not be removed.
func prepareAdoption(a *corev1.ServiceAccount, release string) {
	metav1.SetMetaDataLabel(&a.ObjectMeta, "app.kubernetes.io/managed-by", "Helm")
	metav1.SetMetaDataAnnotation(&a.ObjectMeta, "meta.helm.sh/release-name", release)
	metav1.SetMetaDataAnnotation(&a.ObjectMeta, "meta.helm.sh/release-namespace", a.Namespace)
}

// accountPause lets admission webhooks of the cloud learn about a new ServiceAccount,
// whose annotations they read from a cache.
const accountPause = 2 * time.Second

func (p *probePod) createAccount(ctx context.Context) error {
	if p.account == nil {
		return nil
	}
	made, err := p.client.CoreV1().ServiceAccounts(p.account.Namespace).Create(ctx, p.account, metav1.CreateOptions{})
	switch {
	case apierrors.IsAlreadyExists(err):
		p.account = nil // it is not this check's
		return nil
	case apierrors.IsForbidden(err), apierrors.IsInvalid(err):
		p.account = nil
		return notCreated(err, "ServiceAccount")
	case err != nil: // it may exist: removeAccount looks for it
		return notCreated(err, "ServiceAccount")
	}
	p.account = made
	select {
	case <-time.After(accountPause):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
