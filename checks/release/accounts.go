package release

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// DefaultAccount is the ServiceAccount that every namespace has.
const DefaultAccount = "default"

// AccountExists reports whether pods can use a ServiceAccount before the install.
// One that the chart does not create must exist: the API server reports it if not.
func AccountExists(ctx context.Context, e *check.Env, r check.Rendered, name string) (bool, error) {
	if name == DefaultAccount || len(manifest.Find(r.Objects, "ServiceAccount", name)) == 0 {
		return true, nil
	}
	client, err := e.Cluster.Client()
	if err != nil {
		return false, err
	}
	_, err = client.CoreV1().ServiceAccounts(e.Namespace()).Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) || apierrors.IsForbidden(err) {
		return false, nil
	}
	return err == nil, check.KubeError(err)
}

// PullSecrets returns the pull secrets of an existing ServiceAccount.
func PullSecrets(ctx context.Context, e *check.Env, account string) []corev1.LocalObjectReference {
	client, err := e.Cluster.Client()
	if err != nil {
		return nil
	}
	if account == "" {
		account = "default"
	}
	found, err := client.CoreV1().ServiceAccounts(e.Namespace()).Get(ctx, account, metav1.GetOptions{})
	if err != nil {
		return nil
	}
	return found.ImagePullSecrets
}
