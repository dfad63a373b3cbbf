package manifest

import (
	"fmt"
	"strconv"
)

// Flatten returns the scalar values of all objects, by object and path.
func Flatten(objects []Object) map[string]any {
	flat := map[string]any{}
	var walk func(at string, v any)
	walk = func(at string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, below := range v {
				walk(at+"/"+name, below)
			}
		case []any:
			for i, below := range v {
				walk(at+"/"+strconv.Itoa(i), below)
			}
		default:
			flat[at] = v
		}
	}
	for i, o := range objects {
		walk(fmt.Sprintf("%s/%s", o.GetKind(), o.GetName())+"#"+strconv.Itoa(i), o.Object)
	}
	return flat
}
