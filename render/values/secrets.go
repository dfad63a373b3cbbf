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

// Secrets returns the Secrets that the installer creates, one per purpose
// ("<release>-database"). They include generated keys that the chart accepts
// only inline, so that an upgrade finds them again. The error is answers.Faults
// with every source that cannot be read.
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

// GenerateKeys generates the secrets that the answers request. existing are the
// release's Secrets in the cluster (nil on a first install); a key that they
// contain is reused. Call it once and pass the result to Build and Secrets.
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

// KeptKeys returns the Secrets among those of a release whose generated keys are reused,
// by the key of the answer that requests one.
func KeptKeys(at answers.Cluster, existing []corev1.Secret) map[string]string {
	a := answers.Answers{Cluster: at}.Complete()
	names := map[string]string{}
	for _, f := range answers.Fields {
		if !f.Generable {
			continue
		}
		if ref := secretRefFor(a, f.Key); !kept(existing, a.Cluster.Namespace, ref).Empty() {
			names[f.Key] = ref.Name
		}
	}
	return names
}

// EncryptionKeys returns the Secret keys with the generated keys that encrypt
// the server's secrets. Users must back them up.
func EncryptionKeys(a answers.Answers) []answers.SecretRef {
	return slices.DeleteFunc(
		GeneratedKeys(a),
		func(ref answers.SecretRef) bool { return ref.Key != manifest.EncryptionKey },
	)
}

// GeneratedKeys returns the Secret keys with the generated secrets.
func GeneratedKeys(a answers.Answers) []answers.SecretRef {
	a = a.Complete()
	var refs []answers.SecretRef
	for _, key := range generated(a) {
		refs = append(refs, secretRefFor(a, key))
	}
	return refs
}

// generated returns the keys of the answers that request a generated secret.
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
