package answers

import (
	"fmt"
	"math"
	"reflect"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// value decodes an answer into the model.
func (d *decoder) value(n *yaml.Node, into reflect.Value, key string) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Tag == "!!null" {
		return
	}
	switch target := into.Addr().Interface().(type) {
	case *secret.Text:
		var text string
		if d.scalar(n, &text, key, "a string") {
			*target = secret.New(text)
		}
	case *Source:
		d.source(n, target, key)
	case *Host:
		d.host(n, target, key)
	case *map[string]any:
		d.tree(n, target, key)
	case *string:
		d.scalar(n, target, key, "a string")
	case *int:
		if d.scalar(n, target, key, "an integer") && *target == 0 && key != "version" {
			d.fault(key, n, zeroProblem, zeroRemedy)
		}
	case **int:
		if number := 0; d.scalar(n, &number, key, "an integer") {
			*target = &number
		}
	case *bool:
		d.scalar(n, target, key, "true or false")
	case **bool:
		if yes := false; d.scalar(n, &yes, key, "true or false") {
			*target = &yes
		}
	default:
		d.collection(n, into, key)
	}
}

func (d *decoder) collection(n *yaml.Node, into reflect.Value, key string) {
	switch into.Kind() {
	case reflect.Slice:
		d.list(n, into, key)
	case reflect.Map:
		d.pairs(n, into, key)
	default:
		d.structure(n, into, key)
	}
}

func (d *decoder) scalar(n *yaml.Node, into any, key, want string) bool {
	if n.Kind == yaml.ScalarNode && n.Tag != "!!binary" && n.Decode(into) == nil {
		return true
	}
	d.fault(key, n, "expected "+want, "write "+want)
	return false
}

// hasDuplicates reports duplicate keys in a mapping, at any depth.
func (d *decoder) hasDuplicates(n *yaml.Node, key string) (found bool) {
	seen := map[string]bool{}
	for i, below := range n.Content {
		at := key
		switch {
		case n.Kind == yaml.SequenceNode:
			at = fmt.Sprintf("%s[%d]", key, i)
		case n.Kind == yaml.MappingNode && i%2 == 0:
			if seen[below.Value] && below.Kind == yaml.ScalarNode {
				d.fault(join(key, below.Value), below, "duplicate key", "remove one of them")
				found = true
			}
			seen[below.Value] = true
			continue
		case n.Kind == yaml.MappingNode:
			at = join(key, n.Content[i-1].Value)
		}
		found = d.hasDuplicates(below, at) || found
	}
	return found
}

// tree decodes a free-form mapping. Merge keys and aliases are rejected because
// writing the file would lose them.
func (d *decoder) tree(n *yaml.Node, into *map[string]any, key string) {
	if d.hasDuplicates(n, key) {
		return
	}
	if n.Kind != yaml.MappingNode || hasAlias(n) || n.Decode(into) != nil {
		d.fault(key, n, "expected a plain mapping",
			"write it as in Kubernetes or the chart, without anchors and aliases")
		return
	}
	if len(*into) == 0 {
		*into = nil
	}
	if !plainData(*into) {
		d.fault(key, n, "it contains a date, a key that is not a string, or a number that JSON cannot represent",
			"quote it")
	}
}

func (d *decoder) list(n *yaml.Node, into reflect.Value, key string) {
	if n.Kind != yaml.SequenceNode {
		d.fault(key, n, "expected a list", "write it as [A, B]")
		return
	}
	for i, item := range n.Content {
		at := fmt.Sprintf("%s[%d]", key, i)
		d.lines[at] = item.Line
		value := reflect.New(into.Type().Elem()).Elem()
		if item.Tag == "!!null" {
			d.fault(at, item, "the entry is empty", "remove it")
		}
		d.value(item, value, at)
		into.Set(reflect.Append(into, value))
	}
}

func (d *decoder) pairs(n *yaml.Node, into reflect.Value, key string) {
	if n.Kind != yaml.MappingNode {
		d.fault(key, n, "expected a mapping", "write it as {NAME: VALUE}")
		return
	}
	if len(n.Content) > 0 {
		into.Set(reflect.MakeMap(into.Type()))
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, item := n.Content[i], n.Content[i+1]
		at := join(key, name.Value)
		if _, twice := d.lines[at]; twice || name.Kind != yaml.ScalarNode {
			d.fault(at, name, "duplicate or invalid name", "remove one of them")
			continue
		}
		d.lines[at] = name.Line
		value := reflect.New(into.Type().Elem()).Elem()
		if item.Tag == "!!null" {
			d.fault(at, item, "the value is missing", `write a value, or "" for an empty one`)
		}
		d.value(item, value, at)
		into.SetMapIndex(reflect.ValueOf(name.Value), value)
	}
}

// host decodes a name, or {nipIO: true}.
func (d *decoder) host(n *yaml.Node, into *Host, key string) {
	if n.Kind != yaml.MappingNode {
		d.scalar(n, &into.Name, key, "a host name, or {nipIO: true}")
		if into.Name == NipIO {
			*into = Host{NipIO: true}
		}
		return
	}
	var nip struct {
		NipIO bool `yaml:"nipIO"`
	}
	d.structure(n, reflect.ValueOf(&nip).Elem(), key)
	into.NipIO = nip.NipIO
}

func hasAlias(n *yaml.Node) bool {
	if n.Kind == yaml.AliasNode || n.Anchor != "" || n.Tag == "!!merge" {
		return true
	}
	for _, below := range n.Content {
		if hasAlias(below) {
			return true
		}
	}
	return false
}

// plainData reports whether a tree can be encoded as JSON.
func plainData(v any) bool {
	switch v := v.(type) {
	case float64:
		return !math.IsNaN(v) && !math.IsInf(v, 0)
	case map[string]any:
		for _, below := range v {
			if !plainData(below) {
				return false
			}
		}
		return true
	case []any:
		return !slices.ContainsFunc(v, func(below any) bool { return !plainData(below) })
	case nil, string, bool, int, int64, uint64:
		return true
	}
	return false
}
