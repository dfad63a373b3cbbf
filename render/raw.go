package render

import (
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/zenml-installer/zenml-installer/internal/chart"
)

// rawMark stands behind every value that comes from the answers' own values.
const rawMark = "raw: from values"

// mergeRaw lays the raw chart values over what the answers gave: mappings are
// joined, everything else is replaced.
func mergeRaw(n *yaml.Node, raw map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		value := raw[name]
		there := chart.Lookup(n, name)
		if below, ok := value.(map[string]any); ok && len(below) > 0 {
			if there == nil || there.Kind != yaml.MappingNode {
				there = &yaml.Node{Kind: yaml.MappingNode}
				assign(n, name, there)
			}
			if err := mergeRaw(there, below); err != nil {
				return err
			}
			continue
		}
		node := &yaml.Node{}
		if err := node.Encode(value); err != nil {
			return err
		}
		mark := rawMark
		if there != nil {
			mark += ", instead of what the answers give"
		}
		assign(n, name, node)
		if key := keyAt(n, []string{name}); node.Kind == yaml.ScalarNode {
			node.LineComment = mark
		} else {
			key.HeadComment = "# " + mark
		}
	}
	return nil
}

// overruled tells whether raw values have the last word on a path, or on
// something below or above it.
func overruled(raw map[string]any, path []string) bool {
	for i, name := range path {
		value, ok := raw[name]
		if !ok {
			return false
		}
		below, isMap := value.(map[string]any)
		if !isMap || len(below) == 0 || i == len(path)-1 {
			return true
		}
		raw = below
	}
	return false
}
