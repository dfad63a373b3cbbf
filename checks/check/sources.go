package check

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// Read returns the content of a source, from this machine or from a Secret in
// the cluster. An unreadable Secret is a skip, because supply.references
// reports it.
func (e *Env) Read(ctx context.Context, what string, s answers.Source) (secret.Text, error) {
	switch {
	case s.IsZero():
		return secret.Text{}, nil
	case s.SecretRef != nil:
		return e.readSecret(ctx, what, *s.SecretRef)
	case s.Generate:
		return secret.Text{}, Skip("the %s is generated during the install", what)
	}
	text, err := s.Read(e.Local)
	if err != nil {
		return secret.Text{}, &Fault{
			Summary: fmt.Sprintf("the %s cannot be read: %v", what, err), Err: err,
			Reason: "the install stores it in the cluster",
			Remedy: "make " + s.Describe() + " readable, or set another source",
		}
	}
	return text, nil
}

func (e *Env) readSecret(ctx context.Context, what string, ref answers.SecretRef) (secret.Text, error) {
	if e.Cluster == nil {
		return secret.Text{}, Skip("the %s is stored in Secret %s, and no cluster was given", what, ref.Name)
	}
	found, err := e.Secret(ctx, ref.Name)
	if err != nil {
		return secret.Text{}, Skip("the %s is stored in Secret %s, which cannot be read: %v", what, ref.Name, err)
	}
	content, ok := found.Data[ref.Key]
	if !ok {
		return secret.Text{}, Skip("the %s is stored in Secret %s, which has no key %s", what, ref.Name, ref.Key)
	}
	return secret.New(string(content)), nil
}

var secretMemo = NewMemo[*corev1.Secret]("secret")

// Secret gets a Secret from the server's namespace, once.
func (e *Env) Secret(ctx context.Context, name string) (*corev1.Secret, error) {
	return secretMemo.For(name).Get(ctx, e, func(ctx context.Context) (*corev1.Secret, error) {
		client, err := e.Cluster.Client()
		if err != nil {
			return nil, err
		}
		found, err := client.CoreV1().Secrets(e.Namespace()).Get(ctx, name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return nil, err
		}
		return found, KubeError(err)
	})
}
