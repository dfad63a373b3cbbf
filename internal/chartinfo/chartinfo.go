// Package chartinfo describes a pulled ZenML Helm chart: its version, its default
// values, and which keys it reads. It does not know Helm.
package chartinfo

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/zenml-installer/zenml-installer/internal/yamlnode"
)

// Info is a pulled chart.
type Info struct {
	Ref        string // where it was pulled from, as the user wrote it
	Name       string
	Version    string
	AppVersion string
	Defaults   []byte // its values.yaml, comments and order as published
}

// String names the chart and its version: "chart zenml 0.98.1".
func (i Info) String() string { return "chart " + i.Name + " " + i.Version }

// Layout says under which key a chart takes the server's settings and what
// that generation of the chart can do.
type Layout struct {
	Root string // "server" or "zenml"
	keys *yaml.Node
}

// Legacy reports whether the chart is of the generation before the settings
// moved from zenml: to server: (0.94.2).
func (l Layout) Legacy() bool { return l.Root == "zenml" }

// Layout reads the layout from the chart's defaults, never from its version
// number. It fails if the chart has the key of neither generation.
func (i Info) Layout() (Layout, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(i.Defaults, &doc); err != nil {
		return Layout{}, fmt.Errorf("chart %s %s: invalid values.yaml: %w", i.Name, i.Version, err)
	}
	if len(doc.Content) == 1 {
		for _, root := range []string{"server", "zenml"} {
			if yamlnode.Lookup(doc.Content[0], root) != nil {
				return Layout{Root: root, keys: doc.Content[0]}, nil
			}
		}
	}
	return Layout{}, fmt.Errorf(
		"chart %s %s is not a ZenML server chart: its values have neither server: nor zenml: (wanted: "+
			"oci://public.ecr.aws/zenml/zenml)",
		i.Name,
		i.Version,
	)
}

// Default returns the chart's own default at path, or nil when the chart does
// not name that key.
func (l Layout) Default(path ...string) *yaml.Node { return yamlnode.Lookup(l.keys, path...) }

// Server returns the chart's default at path below the server settings, or nil
// if the chart does not have the key.
func (l Layout) Server(path ...string) *yaml.Node {
	return l.Default(append([]string{l.Root}, path...)...)
}
