package format

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/zenml-installer/zenml-installer/internal/yamlnode"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// helmfile writes a helmfile. It is a template: what the values say in braces
// is kept from being read as one, and secrets that the chart takes only in its
// values come out of environment variables.
func helmfile(d values.Document) ([]File, error) {
	p, err := partsOf(d)
	if err != nil {
		return nil, err
	}
	all := []any{p.values}
	replaced := map[string]string{}
	if d.Sensitive {
		secrets, err := d.OnlySecrets(func(s values.SecretValue) any {
			mark := "\x01" + variableOf(s) + "\x01"
			replaced[fmt.Sprintf("%q", mark)] = fromEnvironment(s)
			return markedText(mark)
		})
		if err != nil {
			return nil, err
		}
		all = append(all, secrets)
	}
	release := yamlnode.Map{{"name", p.Release}, {"namespace", p.Namespace}, {"createNamespace", true}}
	document := yamlnode.Map{}
	if p.oci {
		release = append(release, [2]any{"chart", p.repository + "/" + p.name})
	} else {
		document = yamlnode.Map{{"repositories", []any{yamlnode.Map{{"name", "zenml"}, {"url", p.repository}}}}}
		release = append(release, [2]any{"chart", "zenml/" + p.name})
	}
	release = append(release, [2]any{"version", p.version}, [2]any{"values", all})
	document = append(document, [2]any{"releases", []any{release}})
	files, err := one("helmfile.yaml.gotmpl", "", document)
	if err != nil {
		return nil, err
	}
	text := strings.NewReplacer("{{", `{{ "{{" }}`).
		Replace(preface(d, "ZenML server, as a helmfile.") + string(files[0].Bytes))
	for mark, template := range replaced {
		text = strings.ReplaceAll(text, mark, template)
	}
	files[0].Bytes = []byte(text)
	return files, nil
}

// fromEnvironment is the template that reads the value out of a variable: a text
// as it is, anything else in JSON.
func fromEnvironment(s values.SecretValue) string {
	as := ""
	switch {
	case isText(s):
		as = " | quote"
	case isMapping(s):
		as = " | fromYaml | toJson" // on one line, however it was given
	}
	return fmt.Sprintf("{{ requiredEnv %q%s }}", strings.ToUpper(variableOf(s)), as)
}

func isText(s values.SecretValue) bool {
	_, is := s.Value.(string)
	return is
}

func isMapping(s values.SecretValue) bool {
	_, is := s.Value.(map[string]any)
	return is
}

// markedText is a text that is always written in double quotes.
type markedText string

// MarshalYAML writes the text in double quotes.
func (m markedText) MarshalYAML() (any, error) {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: string(m)}, nil
}
