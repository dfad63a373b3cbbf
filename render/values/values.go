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
	Bytes     []byte         // the file, with its comments
	Map       map[string]any // the same as Helm reads it
	Sensitive bool           // it holds a secret: keep it at mode 0600

	draft *draft
}

// Needs returns the keys of Secrets that the values reference, and those that
// keep a generated key, in the order of the answers.
func (d Document) Needs() []Need { return slices.Clone(d.draft.needs) }

// Answers returns the complete answers that the values were written from.
func (d Document) Answers() answers.Answers { return d.draft.a }

// Chart describes the chart that the values are for.
func (d Document) Chart() chartinfo.Info { return d.draft.chart }

// Dir is the folder at which relative file names of the answers start.
func (d Document) Dir() string { return d.draft.settings.Local.Dir }

// NeedLines lists, for people, the Secrets that must exist before the chart is
// installed; none when there are none.
func (d Document) NeedLines() []string { return d.draft.needLines() }

// Build writes the values file for the answers and a chart. The same answers,
// chart and settings give the same bytes. The error is answers.Faults when the
// chart cannot honour an answer, or what the chart takes inline cannot be read.
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

// readBack reads values as Helm reads a values file: every number is a float64.
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
