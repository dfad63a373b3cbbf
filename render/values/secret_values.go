package values

import (
	"go.yaml.in/yaml/v3"

	"github.com/zenml-installer/zenml-installer/internal/yamlnode"
)

// SecretValue is a secret among the values: of an answer that the chart takes
// only as a value, or a raw value.
type SecretValue struct {
	Path   []string // from the top of the values
	Value  any
	Answer string // key of its answer
	Raw    bool   // it is one of the raw values of the answers
}

// SecretValues returns the secrets among the values.
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

// WithoutSecrets returns the values, with their comments, without the secrets
// among them.
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

// OnlySecrets returns what WithoutSecrets leaves out, each value replaced.
func (d Document) OnlySecrets(replace func(SecretValue) any) (*yaml.Node, error) {
	secrets := d.draft.secrets()
	for _, s := range secrets {
		s.value = replace(secretValue(s))
	}
	only := *d.draft
	only.values, only.blocks = secrets, nil
	return only.root(nil)
}
