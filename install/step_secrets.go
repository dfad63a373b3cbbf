package install

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"

	"k8s.io/utils/ptr"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/transport"
)

// secretsStep creates or updates the plan's Secrets. It never changes a Secret
// that the installer did not create for this release, nor a generated key.
type secretsStep struct{}

func (secretsStep) name() string { return "secrets" }

func (secretsStep) title(r *run) string {
	switch len(r.plan.Secrets) {
	case 0:
		return "write Secrets: none needed"
	case 1:
		return "write Secret " + r.plan.Secrets[0].Name
	}
	return fmt.Sprintf("write %d Secrets", len(r.plan.Secrets))
}

func (secretsStep) run(ctx context.Context, r *run) error {
	for i := range r.plan.Secrets {
		if err := r.putSecret(ctx, &r.plan.Secrets[i]); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) putSecret(ctx context.Context, planned *corev1.Secret) error {
	secrets := r.client.CoreV1().Secrets(r.plan.Namespace)
	wanted := r.wantedSecret(planned)
	_, err := secrets.Create(ctx, wanted, metav1.CreateOptions{FieldManager: manifest.Installer})
	if !apierrors.IsAlreadyExists(err) {
		return secretError(wanted, err)
	}
	found, err := secrets.Get(ctx, wanted.Name, metav1.GetOptions{})
	if err != nil {
		return secretError(wanted, err)
	}
	if !ours(found, r.plan.Release) {
		return foreignSecret(found, r.plan.Release)
	}
	if err := r.plan.keepsKeys(found, wanted); err != nil {
		return err
	}
	if found.Type != wanted.Type || ptr.Deref(found.Immutable, false) { // both are immutable
		if err := secrets.Delete(ctx, found.Name, metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &found.UID}}); err != nil {
			return secretError(wanted, err)
		}
		_, err = secrets.Create(ctx, wanted, metav1.CreateOptions{FieldManager: manifest.Installer})
		return secretError(wanted, err)
	}
	wanted.ResourceVersion = found.ResourceVersion
	_, err = secrets.Update(ctx, wanted, metav1.UpdateOptions{FieldManager: manifest.Installer})
	return secretError(wanted, err)
}

// keepsKeys returns a *KeyConflictError if updating found to wanted would
// replace a generated key. The update has found's resource version, so a
// concurrent write makes it fail.
func (p Plan) keepsKeys(found, wanted *corev1.Secret) error {
	for _, ref := range p.GeneratedKeys {
		there := found.Data[ref.Key]
		if ref.Name != found.Name || len(there) == 0 || bytes.Equal(there, wanted.Data[ref.Key]) {
			continue
		}
		return &KeyConflictError{
			Namespace: found.Namespace, Name: found.Name, Key: ref.Key,
			Release: p.Release, Created: found.CreationTimestamp.Time,
		}
	}
	return nil
}

func (r *run) wantedSecret(planned *corev1.Secret) *corev1.Secret {
	labels := maps.Clone(planned.Labels)
	if labels == nil {
		labels = map[string]string{}
	}
	maps.Copy(labels, manifest.Labels(r.plan.Release))
	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Name:        planned.Name,
			Namespace:   r.plan.Namespace,
			Labels:      labels,
			Annotations: planned.Annotations,
		},
		Type:       cmp.Or(planned.Type, corev1.SecretTypeOpaque),
		Data:       planned.Data,
		StringData: planned.StringData,
	}
}

func ours(s *corev1.Secret, release string) bool {
	return s.Labels[manifest.LabelManagedBy] == manifest.Installer && s.Labels[manifest.LabelInstance] == release
}

// foreignSecret never suggests deleting the Secret, which may contain the only
// copy of a key.
func foreignSecret(s *corev1.Secret, wanted string) error {
	owner := s.Labels[manifest.LabelManagedBy]
	if release := s.Labels[manifest.LabelInstance]; release != "" {
		owner = fmt.Sprintf("%s (release %s)", cmp.Or(owner, "someone"), release)
	}
	return &ForeignError{
		Object: event.Object{Kind: "Secret", Namespace: s.Namespace, Name: s.Name},
		Owner:  owner,
		Remedy: "if it belongs to this release, label it (" + manifest.LabelSecret(
			s.Namespace,
			s.Name,
			wanted,
		) + "), or use another release name or namespace",
	}
}

// secretError names the Secret. The API's message never contains its data.
func secretError(s *corev1.Secret, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("secret %s/%s: %w", s.Namespace, s.Name, transport.WithoutURL(err))
}
