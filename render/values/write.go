package values

import (
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
	"github.com/zenml-installer/zenml-installer/internal/yamlnode"
)

// write returns the values file: the values that differ from the chart's
// defaults, in the chart's order, with comments.
func (d *draft) write() ([]byte, error) {
	root, err := d.root(d.a.Values)
	if err != nil {
		return nil, err
	}
	body, err := yamlnode.Encode(root)
	return append([]byte(d.head()), body...), err
}

// root returns the tree of the settings, with comments and raw values merged.
func (d *draft) root(raw map[string]any) (*yaml.Node, error) {
	root := &yaml.Node{Kind: yaml.MappingNode}
	for _, s := range d.values {
		if len(s.path) == 0 || !s.always && d.isDefault(s) {
			continue
		}
		value, err := yamlnode.Of(s.value)
		if err != nil {
			return nil, err
		}
		yamlnode.Put(root, s.path, value)
	}
	if err := mergeRaw(root, raw); err != nil {
		return nil, err
	}
	arrange(root, nil, d.layout)
	for _, b := range d.blocks {
		if key := yamlnode.Key(root, b.path); key != nil {
			key.HeadComment = strings.TrimPrefix(key.HeadComment+"\n"+wrap(b.text), "\n")
		}
	}
	return root, nil
}

// isDefault reports whether a setting equals the chart's default.
func (d *draft) isDefault(s *setting) bool {
	n := d.layout.Default(s.path...)
	if n == nil {
		return false
	}
	var own, ours any
	encoded := &yaml.Node{}
	return n.Decode(&own) == nil && encoded.Encode(s.value) == nil && encoded.Decode(&ours) == nil &&
		reflect.DeepEqual(own, ours)
}

// arrange sorts the keys below path in the chart's order. Keys that the chart
// does not have follow in insertion order.
func arrange(n *yaml.Node, path []string, layout chartinfo.Layout) {
	if n.Kind != yaml.MappingNode {
		return
	}
	order := chartinfo.Children(layout, path)
	type pair struct{ key, value *yaml.Node }
	var pairs []pair
	for i := 0; i+1 < len(n.Content); i += 2 {
		arrange(n.Content[i+1], append(slices.Clone(path), n.Content[i].Value), layout)
		pairs = append(pairs, pair{n.Content[i], n.Content[i+1]})
	}
	rank := func(p pair) int {
		if i := slices.Index(order, p.key.Value); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return rank(a) - rank(b) })
	n.Content = n.Content[:0]
	for _, p := range pairs {
		n.Content = append(n.Content, p.key, p.value)
	}
}
