package proof

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/zenml-installer/zenml-installer/internal/tree"
)

// PodsHaveEntry proves that a variable of the server and the migration is a
// JSON object with an entry. The claim omits the value, which may be secret.
func PodsHaveEntry(variable, name, value string) Proof {
	return Proof{
		Claim: fmt.Sprintf("%s holds the given %s", variable, name),
		Holds: func(v *View) bool {
			return v.All(func(p *Pod) bool {
				have, ok := v.object(p, variable)[name].(string)
				return ok && have == value
			})
		},
	}
}

// PodsHaveEntries is PodsHaveEntry for several entries.
func PodsHaveEntries(variable string, entries map[string]any) Proof {
	return Proof{
		Claim: variable + " holds what was given",
		Holds: func(v *View) bool {
			return v.All(func(p *Pod) bool { return tree.Covers(v.object(p, variable), entries) })
		},
	}
}

func (v *View) object(p *Pod, variable string) map[string]any {
	var object map[string]any
	if json.Unmarshal([]byte(v.value(p, variable)), &object) != nil {
		return nil
	}
	return object
}

// PodsHaveJSON proves that a variable of the server and the migration is value
// as JSON.
func PodsHaveJSON(name string, value any) Proof {
	return Proof{
		Claim: name + " holds what was given, as JSON",
		Holds: func(v *View) bool {
			return v.All(func(p *Pod) bool { return SameJSON(v.value(p, name), value) })
		},
	}
}

// SameJSON reports whether text is value as JSON.
func SameJSON(text string, value any) bool {
	var got, want any
	data, err := json.Marshal(value)
	return err == nil && json.Unmarshal(data, &want) == nil && json.Unmarshal([]byte(text), &got) == nil &&
		reflect.DeepEqual(got, want)
}
