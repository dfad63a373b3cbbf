package tree

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Flatten returns the values by dotted path; a list counts as one value.
// Numbers have the types that JSON decodes to.
func Flatten(values map[string]any) map[string]any {
	all := map[string]any{}
	var walk func(path string, value any)
	walk = func(path string, value any) {
		below, isMap := value.(map[string]any)
		if !isMap {
			all[path] = value
			return
		}
		for name, v := range below {
			walk(join(path, name), v)
		}
	}
	if data, err := json.Marshal(values); err == nil {
		values = nil
		_ = json.Unmarshal(data, &values) // decoding what was just encoded cannot fail
	}
	walk("", values)
	delete(all, "")
	return all
}

func join(path, name string) string { return strings.TrimPrefix(path+"."+name, ".") }

// IsBelow reports whether path is below other.
func IsBelow(path, other []string) bool {
	return len(path) > len(other) && slices.Equal(path[:len(other)], other)
}

// At returns the value at path, or nil.
func At(tree map[string]any, path []string) any {
	for _, name := range path[:len(path)-1] {
		tree, _ = tree[name].(map[string]any)
	}
	return tree[path[len(path)-1]]
}

// Leaves returns the paths of all values that are not mappings.
func Leaves(m map[string]any, path []string) [][]string {
	var all [][]string
	for _, name := range slices.Sorted(maps.Keys(m)) {
		at := append(slices.Clone(path), name)
		if below, ok := m[name].(map[string]any); ok && len(below) > 0 {
			all = append(all, Leaves(below, at)...)
			continue
		}
		all = append(all, at)
	}
	return all
}

// Dotted joins a path: "server.database.url".
func Dotted(path []string) string { return strings.Join(path, ".") }
