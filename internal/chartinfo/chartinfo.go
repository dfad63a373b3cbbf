// Package chartinfo describes a pulled ZenML Helm chart: its version, its
// default values, and the keys that it reads. It does not import Helm.
package chartinfo

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/zenml-installer/zenml-installer/internal/yamlnode"
)

// Info describes a pulled chart.
type Info struct {
	Ref        string // source, as the user specified it
	Name       string
	Version    string
	AppVersion string
	Defaults   []byte // values.yaml as published, with comments
	Digest     string // of the manifest or the archive that was pulled; "" for a local chart
	Signer     string // the key whose signature was verified; "" if none was

	// Templates are the templates of a chart that Helm keeps with a release, whose
	// Defaults have no comments. They are nil for a chart that was pulled.
	Templates []byte
	// Instead is why this chart is used instead of the one that was asked for; "" if
	// it is that one.
	Instead string
}

// String returns the chart's name and version: "chart zenml 0.98.1".
func (i Info) String() string { return "chart " + i.Name + " " + i.Version }

// Layout is the structure of a generation's values.
type Layout struct {
	Root string // root key of the server's settings: "server" or "zenml"
	keys *yaml.Node
}

// Legacy reports whether the chart uses the root key zenml:, which 0.94.2
// renamed to server:.
func (l Layout) Legacy() bool { return l.Root == "zenml" }

// Layout determines the layout from the chart's default values, not its
// version. It fails if the chart has neither root key.
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

// Default returns the chart's default at path, or nil if the chart does not
// have the key.
func (l Layout) Default(path ...string) *yaml.Node { return yamlnode.Lookup(l.keys, path...) }

// Server returns the chart's default at path below the server's root key, or
// nil if the chart does not have the key.
func (l Layout) Server(path ...string) *yaml.Node {
	return l.Default(append([]string{l.Root}, path...)...)
}
