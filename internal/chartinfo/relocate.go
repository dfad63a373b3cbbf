package chartinfo

import (
	"github.com/zenml-installer/zenml-installer/internal/tree"
)

// Relocate moves the server's settings from the other generation's root key to
// that of layout.
func Relocate(layout Layout, values map[string]any) map[string]any {
	values = tree.Clone(values)
	for _, root := range []string{"zenml", "server"} {
		if settings, ok := values[root].(map[string]any); ok && root != layout.Root {
			delete(values, root)
			here, _ := values[layout.Root].(map[string]any)
			values[layout.Root] = tree.Merge(settings, here)
		}
	}
	return values
}
