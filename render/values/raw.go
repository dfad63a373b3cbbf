package values

import (
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/zenml-installer/zenml-installer/internal/yamlnode"
)

// rawMark is the comment after every raw value.
const rawMark = "raw: from values"

// mergeRaw merges the raw chart values into the document as Helm merges values
// files: mappings are merged recursively, everything else is replaced, and null
// removes the chart's default.
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

// overruled reports whether raw values set path, a parent of it or anything
// below it. An empty mapping sets nothing.
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

// replaced reports whether raw values replace the value at path.
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
