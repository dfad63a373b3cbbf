package account

import (
	"context"
	"errors"
	"fmt"
	"maps"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/internal/transport"
)

// SecretKey is the key of the API key in a Secret.
const SecretKey = "api-key"

// Secret keeps the key in a Secret of the release, which uninstall removes.
type Secret struct {
	Client                   kubernetes.Interface
	Namespace, Name, Release string
}

// String describes the Secret.
func (s Secret) String() string { return fmt.Sprintf("Secret %s (key %s)", s.Name, SecretKey) }

// KeyName implements Keeper.
func (s Secret) KeyName() string { return "secret-" + s.Namespace + "-" + s.Name }

// Read returns the key. It fails if the Secret is not one that Write has created.
func (s Secret) Read(ctx context.Context) (secret.Text, error) {
	found, err := s.find(ctx)
	if err != nil || found == nil {
		return secret.Text{}, err
	}
	return secret.New(string(found.Data[SecretKey])), nil
}

// find returns the Secret, or nil if it does not exist.
func (s Secret) find(ctx context.Context) (*corev1.Secret, error) {
	found, err := s.Client.CoreV1().Secrets(s.Namespace).Get(ctx, s.Name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, s.failed(err)
	}
	if !s.isOwn(found) {
		return nil, s.failed(fmt.Errorf("it exists and is not the one of an API key of release %s (set "+
			"admin.serviceAccount.secretName to another name)", s.Release))
	}
	return found, nil
}

// isOwn reports whether Write has created a Secret.
func (s Secret) isOwn(found *corev1.Secret) bool {
	for name, value := range manifest.Labels(s.Release) {
		if found.Labels[name] != value {
			return false
		}
	}
	_, hasKey := found.Data[SecretKey]
	return hasKey
}

// Write creates or updates the Secret.
func (s Secret) Write(ctx context.Context, key secret.Text) error {
	secrets := s.Client.CoreV1().Secrets(s.Namespace)
	found, err := s.find(ctx)
	if err != nil {
		return err
	}
	data := map[string][]byte{SecretKey: []byte(key.Reveal())}
	if found == nil {
		_, err = secrets.Create(ctx, &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Name: s.Name, Labels: manifest.Labels(s.Release)},
			Type:       corev1.SecretTypeOpaque,
			Data:       data,
		}, metav1.CreateOptions{FieldManager: manifest.Installer})
		return s.failed(err)
	}
	maps.Copy(found.Data, data)
	_, err = secrets.Update(ctx, found, metav1.UpdateOptions{FieldManager: manifest.Installer})
	return s.failed(err)
}

// failed names the Secret. The API's message never contains its data.
func (s Secret) failed(err error) error {
	if err == nil {
		return nil
	}
	var status apierrors.APIStatus
	if errors.As(err, &status) {
		err = transport.WithoutURL(err)
	}
	return fmt.Errorf("secret %s/%s: %w", s.Namespace, s.Name, err)
}
