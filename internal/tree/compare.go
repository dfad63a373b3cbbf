package tree

import (
	"encoding/json"
	"reflect"
)

// Covers reports whether have contains all entries of want. Entries that are
// nil in want must be missing or nil.
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

// plainJSON converts numbers and lists to the types that JSON decodes to.
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
