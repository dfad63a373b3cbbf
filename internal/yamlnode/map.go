package yamlnode

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// Map is a mapping with ordered keys.
type Map [][2]any // key and value

// MarshalYAML encodes the entries in order.
func (o Map) MarshalYAML() (any, error) { return o.Node() }

// Node returns the mapping as a node.
func (o Map) Node() (*yaml.Node, error) {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, e := range o {
		value, err := Of(e[1])
		if err != nil {
			return nil, err
		}
		Assign(n, fmt.Sprint(e[0]), value)
	}
	return n, nil
}

// Of returns the node of a value. It returns a node unchanged, because yaml's
// Encode would drop its comments.
func Of(v any) (*yaml.Node, error) {
	switch v := v.(type) {
	case *yaml.Node:
		return v, nil
	case Map:
		return v.Node()
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for _, item := range v {
			below, err := Of(item)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, below)
		}
		return n, nil
	}
	n := &yaml.Node{}
	return n, n.Encode(v)
}
