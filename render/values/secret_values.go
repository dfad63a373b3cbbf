package values

import (
	"go.yaml.in/yaml/v3"

	"github.com/zenml-installer/zenml-installer/internal/yamlnode"
)

// SecretValue is a secret in the values: a raw value, or an answer that the
// chart accepts only inline.
type SecretValue struct {
	Path   []string // from the root of the values
	Value  any
	Answer string // key of its answer
	Raw    bool   // a raw value
}

// SecretValues returns the secrets in the values.
func (d Document) SecretValues() []SecretValue {
	var all []SecretValue
	for _, s := range d.draft.secrets() {
		all = append(all, secretValue(s))
	}
	return all
}

func secretValue(s *setting) SecretValue {
	return SecretValue{Path: s.path, Value: s.value, Answer: s.answers[0], Raw: s.raw}
}

// WithoutSecrets returns the values and their comments without the secrets.
func (d Document) WithoutSecrets() (*yaml.Node, error) {
	root, err := d.draft.root(d.draft.a.Values)
	if err != nil {
		return nil, err
	}
	for _, s := range d.draft.secrets() {
		yamlnode.Cut(root, s.path)
	}
	return root, nil
}

// OnlySecrets returns what WithoutSecrets omits, with each value replaced.
func (d Document) OnlySecrets(replace func(SecretValue) any) (*yaml.Node, error) {
	secrets := d.draft.secrets()
	for _, s := range secrets {
		s.value = replace(secretValue(s))
	}
	only := *d.draft
	only.values, only.blocks = secrets, nil
	return only.root(nil)
}
