package render

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// podsSeeEntry proves that a variable of the server and the migration holds a
// JSON object with this entry. It does not show the value, which may be secret.
func podsSeeEntry(variable, name, value string) proof {
	return proof{
		claim: fmt.Sprintf("%s holds the given %s", variable, name),
		holds: func(v *view) bool {
			return v.all(func(p *pod) bool {
				have, ok := v.object(p, variable)[name].(string)
				return ok && have == value
			})
		},
	}
}

// podsSeeEntries is podsSeeEntry for a whole object.
func podsSeeEntries(variable string, entries map[string]any) proof {
	return proof{
		claim: variable + " holds what was given",
		holds: func(v *view) bool {
			return v.all(func(p *pod) bool { return covers(v.object(p, variable), entries) })
		},
	}
}

func (v *view) object(p *pod, variable string) map[string]any {
	var object map[string]any
	if json.Unmarshal([]byte(v.value(p, variable)), &object) != nil {
		return nil
	}
	return object
}

// covers tells whether a rendered tree holds everything of a wanted one;
// entries that are wanted as nil must be missing or nil.
func covers(have, want any) bool {
	switch want := want.(type) {
	case nil:
		return have == nil
	case map[string]any:
		tree, ok := have.(map[string]any)
		for name, below := range want {
			if !covers(tree[name], below) {
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
