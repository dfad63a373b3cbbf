package values

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
	helmyaml "sigs.k8s.io/yaml"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
	"github.com/zenml-installer/zenml-installer/internal/yamlnode"
)

// Document is a values file.
type Document struct {
	Bytes     []byte         // the file with comments
	Map       map[string]any // the file as Helm reads it
	Sensitive bool           // contains a secret: write with mode 0600

	draft *draft
}

// Needs returns the Secret keys that the values reference and those that store
// a generated key, in the order of the answers.
func (d Document) Needs() []Need { return slices.Clone(d.draft.needs) }

// Answers returns the complete answers that the values are based on.
func (d Document) Answers() answers.Answers { return d.draft.a }

// Chart describes the chart that the values are for.
func (d Document) Chart() chartinfo.Info { return d.draft.chart }

// Dir returns the folder that relative paths in the answers are based on.
func (d Document) Dir() string { return d.draft.settings.Local.Dir }

// NeedLines describes the Secrets that must exist before the install.
func (d Document) NeedLines() []string { return d.draft.needLines() }

// Build returns the values file for the answers and a chart. Equal input gives
// equal output. The error is answers.Faults if the chart does not support an
// answer, or a value that the chart accepts only inline cannot be read.
func Build(a answers.Answers, c chartinfo.Info, s Settings) (Document, error) {
	d, err := newDraft(a, c, s)
	if err != nil {
		return Document{}, err
	}
	if err := d.faults.Err(); err != nil {
		return Document{}, err
	}
	data, err := d.write()
	if err != nil {
		return Document{}, err
	}
	document := Document{Bytes: data, Sensitive: len(d.secrets()) > 0, draft: d}
	document.Map, err = readBack(data)
	return document, err
}

// readBack decodes values as Helm does: every number is a float64.
func readBack(data []byte) (map[string]any, error) {
	var values map[string]any
	if err := helmyaml.Unmarshal(data, &values); err != nil {
		return nil, fmt.Errorf("the values that were written cannot be read back: %w", err)
	}
	return values, nil
}

func asHelmReads(root *yaml.Node) (map[string]any, error) {
	data, err := yamlnode.Encode(root)
	if err != nil {
		return nil, err
	}
	return readBack(data)
}
