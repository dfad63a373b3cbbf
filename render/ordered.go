package render

import "go.yaml.in/yaml/v3"

// ordered is a mapping whose keys keep their order: name before key.
type ordered []entry

type entry struct {
	name  string
	value any
}

// MarshalYAML writes the entries in their order.
func (o ordered) MarshalYAML() (any, error) {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, e := range o {
		value := &yaml.Node{}
		if err := value.Encode(e.value); err != nil {
			return nil, err
		}
		assign(n, e.name, value)
	}
	return n, nil
}
