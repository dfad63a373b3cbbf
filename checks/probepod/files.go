package probepod

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/database"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// databaseFiles returns the pod's secrets: existing Secrets by reference, everything else in
// a Secret that is deleted with the pod.
func databaseFiles(ctx context.Context, p *probePod, meta metav1.ObjectMeta) ([]corev1.VolumeProjection, error) {
	if fault := database.TLSFilesFault(ctx, p.env); fault != nil {
		return nil, check.Skip("needs database.tls: %s", fault.Summary)
	}
	m := p.env.Answers.Database.MySQL
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
			if err := p.checkReference(ctx, *ref); err != nil {
				return nil, err
			}
			projected = append(projected, fromSecret(ref.Name, ref.Key, file.name))
		default:
			text, err := p.env.Read(ctx, file.what, file.source)
			if err != nil {
				return nil, err
			}
			local[file.name] = []byte(text.Reveal())
			projected = append(projected, fromSecret(meta.Name, file.name, file.name))
		}
	}
	if len(local) > 0 {
		p.secret = &corev1.Secret{ObjectMeta: meta, Data: local}
	}
	return projected, nil
}

// checkReference skips the check if a referenced Secret is missing, because the pod
// would wait for it; supply.references reports it. If the user cannot read Secrets, the
// pod's events show it.
func (p *probePod) checkReference(ctx context.Context, ref answers.SecretRef) error {
	found, err := p.env.Secret(ctx, ref.Name)
	switch {
	case apierrors.IsForbidden(err):
		return nil
	case apierrors.IsNotFound(err):
		return check.Skip("Secret %s does not exist", ref.Name)
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
