package yamlnode

import (
	"bytes"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Lookup returns the value at path in a tree of mappings, or nil.
func Lookup(n *yaml.Node, path ...string) *yaml.Node {
	for _, key := range path {
		if n == nil || n.Kind != yaml.MappingNode {
			return nil
		}
		n = child(n, key)
	}
	return n
}

func child(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// Cut removes the value at path and the mappings that become empty.
func Cut(n *yaml.Node, path []string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value != path[0] {
			continue
		}
		below := n.Content[i+1]
		if len(path) > 1 {
			Cut(below, path[1:])
		}
		if len(path) == 1 || len(below.Content) == 0 && below.Kind == yaml.MappingNode {
			n.Content = slices.Delete(n.Content, i, i+2)
		}
		return
	}
}

// Encode encodes a tree, or returns nothing for an empty one.
func Encode(root *yaml.Node) ([]byte, error) {
	if len(root.Content) == 0 {
		return nil, nil
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(root); err != nil {
		return nil, err
	}
	return out.Bytes(), encoder.Close()
}

// Put sets the value at path and creates missing mappings.
func Put(n *yaml.Node, path []string, value *yaml.Node) {
	for _, name := range path[:len(path)-1] {
		next := Lookup(n, name)
		if next == nil || next.Kind != yaml.MappingNode {
			next = &yaml.Node{Kind: yaml.MappingNode}
			Assign(n, name, next)
		}
		n = next
	}
	Assign(n, path[len(path)-1], value)
}

// Assign sets a key of a mapping.
func Assign(n *yaml.Node, name string, value *yaml.Node) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			n.Content[i+1] = value
			return
		}
	}
	key := &yaml.Node{}
	key.SetString(name)
	n.Content = append(n.Content, key, value)
}

// Key returns the node of the key at path.
func Key(n *yaml.Node, path []string) *yaml.Node {
	parent := Lookup(n, path[:len(path)-1]...)
	if parent == nil || parent.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(parent.Content); i += 2 {
		if parent.Content[i].Value == path[len(path)-1] {
			return parent.Content[i]
		}
	}
	return nil
}
