package release

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// DefaultAccount is the ServiceAccount that every namespace has.
const DefaultAccount = "default"

// AccountExists tells whether pods can have a ServiceAccount before the
// install. One that the chart does not make has to be there: the API server
// says so if it is not.
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

// PullSecrets are the pull secrets of a service account that is there.
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
