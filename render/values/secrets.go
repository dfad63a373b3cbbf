package values

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// Secrets returns the Secrets that the installer creates and the values
// reference, one per purpose ("<release>-database"), with generated keys even
// where the chart takes them inline, so that an upgrade finds them again. The
// error is answers.Faults with every source that cannot be read.
func Secrets(a answers.Answers, c chartinfo.Info, s Settings) ([]corev1.Secret, error) {
	d, err := newDraft(a, c, s)
	if err != nil {
		return nil, err
	}
	faults := d.faults
	var secrets []corev1.Secret
	for _, needs := range BySecret(ours(d.needs)) {
		data := map[string][]byte{}
		for _, n := range needs {
			text, bad := n.content(s)
			faults = append(faults, bad...)
			data[n.Key] = []byte(text.Reveal())
		}
		secrets = append(secrets, corev1.Secret{
			TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
			ObjectMeta: metav1.ObjectMeta{
				Name:      needs[0].Name,
				Namespace: d.a.Cluster.Namespace,
				Labels:    manifest.Labels(d.a.Cluster.Release),
			},
			Type: corev1.SecretTypeOpaque,
			Data: data,
		})
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return secrets, nil
}

// Ours returns the needs that the installer satisfies.
func (d Document) Ours() []Need { return ours(d.Needs()) }

func ours(needs []Need) []Need {
	return slices.DeleteFunc(slices.Clone(needs), func(n Need) bool { return !n.Ours })
}

// GenerateKeys makes the secrets that the answers want generated. One that a
// Secret of ours already holds is kept: existing are the release's Secrets as
// they are in the cluster (or nil on a first install). Run it once, hand the
// result to Values and Secrets, and never generate a key again on an upgrade.
func GenerateKeys(a answers.Answers, existing []corev1.Secret) Keys {
	a = a.Complete()
	keys := Keys{}
	for _, key := range generated(a) {
		keys[key] = kept(existing, a.Cluster.Namespace, secretRefFor(a, key))
		if keys[key].Empty() {
			keys[key] = answers.GenerateKey()
		}
	}
	return keys
}

// EncryptionKeys names where the generated keys lie that the server's secrets
// are encrypted with: what a person must keep.
func EncryptionKeys(a answers.Answers) []answers.SecretRef {
	return slices.DeleteFunc(
		GeneratedKeys(a),
		func(ref answers.SecretRef) bool { return ref.Key != manifest.EncryptionKey },
	)
}

// GeneratedKeys names where every generated key is stored.
func GeneratedKeys(a answers.Answers) []answers.SecretRef {
	a = a.Complete()
	var refs []answers.SecretRef
	for _, key := range generated(a) {
		refs = append(refs, secretRefFor(a, key))
	}
	return refs
}

// generated lists the answers that want a generated secret.
func generated(a answers.Answers) []string {
	var keys []string
	for _, f := range answers.Fields {
		if f.Kind == answers.Secret && f.Applies(a) && a.GetSource(f.Key).Generate {
			keys = append(keys, f.Key)
		}
	}
	return keys
}

func kept(existing []corev1.Secret, namespace string, ref answers.SecretRef) secret.Text {
	for _, s := range existing {
		if s.Name == ref.Name && (s.Namespace == "" || s.Namespace == namespace) {
			return secret.New(string(s.Data[ref.Key]))
		}
	}
	return secret.Text{}
}
