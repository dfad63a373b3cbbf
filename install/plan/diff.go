package plan

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/redact"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// masker replaces secrets by hashes. The key of the hashes is new for every
// plan: equal values have equal hashes within a plan, and a hash cannot be used
// to guess a weak password.
type masker struct {
	key      []byte
	redactor *redact.Redactor
}

func newMasker(items []item, secrets []corev1.Secret) *masker {
	m := &masker{key: []byte(rand.Text()), redactor: redact.New(secrets)}
	for _, i := range items {
		for _, o := range []*unstructured.Unstructured{i.before, i.after} {
			if o != nil {
				m.redactor.AddObjects([]manifest.Object{{Unstructured: *o}})
			}
		}
	}
	return m
}

// finished returns the objects of the plan with their diffs.
func (c *comparison) finished() []Object {
	m := newMasker(c.items, c.dry.Plan.Secrets)
	var all []Object
	for _, i := range c.items {
		i.Diff, i.Note = m.diff(i.before, i.after), m.redactor.Text(i.Note)
		all = append(all, i.Object)
	}
	return all
}

// diff returns the unified diff between two states of an object.
func (m *masker) diff(before, after *unstructured.Unstructured) string {
	return m.redactor.Text(udiff.Unified("cluster", "plan", m.text(before), m.text(after)))
}

// text returns an object as YAML, without secrets.
func (m *masker) text(o *unstructured.Unstructured) string {
	if o == nil {
		return ""
	}
	c := content(o)
	if isSecret(c) {
		m.hashData(c)
	}
	m.hashValues(c)
	data, err := yaml.Marshal(c)
	if err != nil {
		return "# " + err.Error() + "\n"
	}
	return string(data)
}

// hashData replaces the data of a Secret, and writes stringData as data, as the
// API server does.
func (m *masker) hashData(c map[string]any) {
	hashes := map[string]any{}
	data, _ := c["data"].(map[string]any)
	for key, value := range data {
		text, _ := value.(string)
		decoded, _ := base64.StdEncoding.DecodeString(text)
		hashes[key] = m.hash(string(decoded))
	}
	plain, _ := c["stringData"].(map[string]any)
	for key, value := range plain {
		text, _ := value.(string)
		hashes[key] = m.hash(text)
	}
	delete(c, "stringData")
	delete(c, "data")
	if len(hashes) > 0 {
		c["data"] = hashes
	}
}

// hashPrefix marks a hash in a diff.
const hashPrefix = "hash:"

func (m *masker) hash(value string) string {
	h := hmac.New(sha256.New, m.key)
	_, _ = h.Write([]byte(value)) // never fails
	return hashPrefix + hex.EncodeToString(h.Sum(nil))[:10]
}

// hashValues replaces texts outside of Secrets that are secrets by their content,
// and variables that are secrets by their name.
func (m *masker) hashValues(value any) any {
	switch v := value.(type) {
	case map[string]any:
		m.hashVariable(v)
		for key, below := range v {
			v[key] = m.hashValues(below)
		}
	case []any:
		for i, below := range v {
			v[i] = m.hashValues(below)
		}
	case string:
		if secret.LooksSensitive(v) && !strings.HasPrefix(v, hashPrefix) {
			return m.hash(v)
		}
	}
	return value
}

// hashVariable replaces the value of an item like {name: DB_PASSWORD, value: …}.
func (m *masker) hashVariable(v map[string]any) {
	name, hasName := v["name"].(string)
	value, hasValue := v["value"].(string)
	if hasName && hasValue && value != "" && secret.IsSensitive([]string{name}, value) {
		v["value"] = m.hash(value)
	}
}
