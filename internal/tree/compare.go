package tree

import (
	"encoding/json"
	"reflect"
)

// Covers reports whether a rendered tree holds everything of a wanted one;
// entries that are wanted as nil must be missing or nil.
func Covers(have, want any) bool {
	switch want := want.(type) {
	case nil:
		return have == nil
	case map[string]any:
		tree, ok := have.(map[string]any)
		for name, below := range want {
			if !Covers(tree[name], below) {
				return false
			}
		}
		return ok
	default:
		return reflect.DeepEqual(plainJSON(have), plainJSON(want))
	}
}

// plainJSON brings numbers and lists into the form in which JSON reads them.
func plainJSON(v any) any {
	data, err := json.Marshal(v)
	if err != nil {
		return v
	}
	var plain any
	if json.Unmarshal(data, &plain) != nil {
		return v
	}
	return plain
}
