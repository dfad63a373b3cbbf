package values

import (
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/zenml-installer/zenml-installer/internal/yamlnode"
)

// rawMark stands behind every value that comes from the answers' own values.
const rawMark = "raw: from values"

// mergeRaw lays the raw chart values over what the answers gave, as Helm lays
// one values file over another: mappings are joined, also with an empty one;
// everything else is replaced, and null takes the chart's default away.
func mergeRaw(n *yaml.Node, raw map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		value := raw[name]
		there := yamlnode.Lookup(n, name)
		joins := there != nil && there.Kind == yaml.MappingNode
		if below, ok := value.(map[string]any); ok && (joins || len(below) > 0) {
			if !joins {
				there = &yaml.Node{Kind: yaml.MappingNode}
				yamlnode.Assign(n, name, there)
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
			mark += ", overrides the answers"
		}
		yamlnode.Assign(n, name, node)
		if key := yamlnode.Key(n, []string{name}); node.Kind == yaml.ScalarNode {
			node.LineComment = mark
		} else {
			key.HeadComment = "# " + mark
		}
	}
	return nil
}

// overruled reports whether raw values have the last word on a path, or on
// something below or above it. An empty mapping says nothing.
func overruled(raw map[string]any, path []string) bool {
	for i, name := range path {
		value, ok := raw[name]
		if !ok {
			return false
		}
		below, isMap := value.(map[string]any)
		if !isMap || i == len(path)-1 && len(below) > 0 {
			return true
		}
		raw = below
	}
	return false
}

// replaced reports whether raw values put something else instead of what
// stands at path.
func replaced(raw map[string]any, path []string) bool {
	for _, name := range path {
		value, ok := raw[name]
		below, isMap := value.(map[string]any)
		if !ok || !isMap {
			return ok
		}
		raw = below
	}
	return false
}
