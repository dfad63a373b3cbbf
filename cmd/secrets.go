package cmd

import (
	"context"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// adminPassword returns the password of the admin, from this machine or the cluster.
func (u *setup) adminPassword(ctx context.Context) (secret.Text, error) {
	const key = "admin.password"
	source := u.answers.GetSource(key)
	if source.SecretRef == nil {
		content, err := source.Read(u.local)
		if err != nil {
			return content, usage(fmt.Errorf("%s: %w", key, err))
		}
		return content, nil
	}
	content, err := u.clusterSecret(ctx, *source.SecretRef)
	if err != nil {
		return content, fmt.Errorf("%s: %w", key, err)
	}
	return content, nil
}

// clusterSecret reads a key of a Secret in the server's namespace.
func (u *setup) clusterSecret(ctx context.Context, ref answers.SecretRef) (secret.Text, error) {
	client, err := u.cluster.Client()
	if err != nil {
		return secret.Text{}, err
	}
	found, err := client.CoreV1().Secrets(u.answers.Cluster.Namespace).Get(ctx, ref.Name, metav1.GetOptions{})
	if err != nil {
		return secret.Text{}, err
	}
	content, ok := found.Data[ref.Key]
	if !ok {
		return secret.Text{}, usagef("Secret %s has no key %s", ref.Name, ref.Key)
	}
	return secret.New(string(content)), nil
}
