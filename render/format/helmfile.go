package format

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/zenml-installer/zenml-installer/internal/yamlnode"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// helmfile returns a helmfile template. Braces in values are escaped; secrets
// that the chart accepts only inline are read from environment variables.
func helmfile(d values.Document) ([]File, error) {
	p, err := chartParamsOf(d)
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
	switch {
	case p.digest != "":
		release = append(release, [2]any{"chart", p.repository + "/" + p.name + "@" + p.digest})
	case p.oci:
		release = append(release, [2]any{"chart", p.repository + "/" + p.name})
	default:
		document = yamlnode.Map{{"repositories", []any{yamlnode.Map{{"name", "zenml"}, {"url", p.repository}}}}}
		release = append(release, [2]any{"chart", "zenml/" + p.name})
	}
	if p.digest == "" { // the reference names it
		release = append(release, [2]any{"version", p.version})
	}
	release = append(release, [2]any{"values", all})
	document = append(document, [2]any{"releases", []any{release}})
	files, err := singleFile("helmfile.yaml.gotmpl", "", document)
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

// fromEnvironment returns the template action that reads the value from a
// variable: text unchanged, anything else as JSON.
func fromEnvironment(s values.SecretValue) string {
	as := ""
	switch {
	case isText(s):
		as = " | quote"
	case isMapping(s):
		as = " | fromYaml | toJson" // normalized to one line
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

// markedText is always encoded in double quotes.
type markedText string

// MarshalYAML implements yaml.Marshaler.
func (m markedText) MarshalYAML() (any, error) {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: string(m)}, nil
}
