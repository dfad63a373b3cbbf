package tree

import (
	"maps"
	"slices"
)

// Merge merges over into a copy of under, as Helm merges values.
func Merge(under, over map[string]any) map[string]any {
	out := maps.Clone(under)
	for name, value := range over {
		below, isMap := value.(map[string]any)
		have, wasMap := out[name].(map[string]any)
		if isMap && wasMap {
			value = Merge(have, below)
		}
		out[name] = value
	}
	return out
}

// Clone returns a deep copy of a tree.
func Clone(m map[string]any) map[string]any {
	out := make(map[string]any, len(m))
	for name, value := range m {
		out[name] = cloneValue(value)
	}
	return out
}

func cloneValue(value any) any {
	switch v := value.(type) {
	case map[string]any:
		return Clone(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = cloneValue(v[i])
		}
		return out
	}
	return value
}

// Keys returns the sorted keys.
func Keys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

// IsEmpty reports whether a value and everything in it is empty.
func IsEmpty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case map[string]any:
		return !slices.ContainsFunc(slices.Collect(maps.Values(v)), func(below any) bool { return !IsEmpty(below) })
	case []any:
		return len(v) == 0
	case string:
		return v == ""
	}
	return false
}

// Cut removes the value at path and the mappings that become empty.
func Cut(tree map[string]any, path []string) {
	if len(path) == 0 {
		return
	}
	name, rest := path[0], path[1:]
	below, isMap := tree[name].(map[string]any)
	if isMap {
		Cut(below, rest)
	}
	if len(rest) == 0 || isMap && len(below) == 0 {
		delete(tree, name)
	}
}
