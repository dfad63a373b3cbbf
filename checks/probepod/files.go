package probepod

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// files are the pod's secrets: those in the cluster by reference, the others
// by a Secret that lives as long as the pod.
func (l *podLook) files(ctx context.Context, meta metav1.ObjectMeta) ([]corev1.VolumeProjection, error) {
	m := l.env.Answers.Database.MySQL
	var projected []corev1.VolumeProjection
	local := map[string][]byte{}
	for _, file := range []struct {
		name, what string
		source     answers.Source
	}{
		{"password", "password", m.Password}, {"ca.pem", "CA certificate", m.TLS.CA},
		{"cert.pem", "client certificate", m.TLS.Cert}, {"key.pem", "client key", m.TLS.Key},
	} {
		switch ref := file.source.SecretRef; {
		case file.source.IsZero():
		case ref != nil:
			if err := l.referenced(ctx, *ref); err != nil {
				return nil, err
			}
			projected = append(projected, fromSecret(ref.Name, ref.Key, file.name))
		default:
			text, err := l.env.Read(ctx, file.what, file.source)
			if err != nil {
				return nil, err
			}
			local[file.name] = []byte(text.Reveal())
			projected = append(projected, fromSecret(meta.Name, file.name, file.name))
		}
	}
	if len(local) > 0 {
		l.secret = &corev1.Secret{ObjectMeta: meta, Data: local}
	}
	return projected, nil
}

// referenced sees to it that a pod does not wait for a Secret that is not
// there: supply.references names it. Where the user may not look, the pod
// shows it.
func (l *podLook) referenced(ctx context.Context, ref answers.SecretRef) error {
	found, err := l.env.Secret(ctx, ref.Name)
	switch {
	case apierrors.IsForbidden(err):
		return nil
	case apierrors.IsNotFound(err):
		return check.Skip("there is no Secret %s", ref.Name)
	case err != nil:
		return err
	}
	if _, has := found.Data[ref.Key]; !has {
		return check.Skip("Secret %s has no key %s", ref.Name, ref.Key)
	}
	return nil
}

func fromSecret(name, key, file string) corev1.VolumeProjection {
	return corev1.VolumeProjection{Secret: &corev1.SecretProjection{
		LocalObjectReference: corev1.LocalObjectReference{Name: name},
		Items:                []corev1.KeyToPath{{Key: key, Path: file}},
	}}
}
