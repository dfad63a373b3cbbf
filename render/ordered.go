package render

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// ordered is a mapping whose keys keep their order: name before key.
type ordered [][2]any // key and value

// MarshalYAML writes the entries in their order.
func (o ordered) MarshalYAML() (any, error) { return o.node() }

func (o ordered) node() (*yaml.Node, error) {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, e := range o {
		value, err := nodeOf(e[1])
		if err != nil {
			return nil, err
		}
		assign(n, fmt.Sprint(e[0]), value)
	}
	return n, nil
}

// nodeOf makes the node of a value. A node stands as it is: yaml's own Encode
// would take its comments away.
func nodeOf(v any) (*yaml.Node, error) {
	switch v := v.(type) {
	case *yaml.Node:
		return v, nil
	case ordered:
		return v.node()
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for _, item := range v {
			below, err := nodeOf(item)
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
