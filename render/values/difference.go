package values

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/internal/tree"
)

// Change is the old and new value at one path.
type Change struct {
	Path   string // path in the new values: "server.replicaCount"
	Before string // JSON, or the mask for a secret; empty if it was not set
	After  string // like Before
}

// String returns the change as one line: "+ path: value", "- path: value" or "~
// path: value -> value".
func (c Change) String() string {
	switch {
	case c.Before == "":
		return fmt.Sprintf("+ %s: %s", c.Path, c.After)
	case c.After == "":
		return fmt.Sprintf("- %s: %s", c.Path, c.Before)
	}
	return fmt.Sprintf("~ %s: %s -> %s", c.Path, c.Before, c.After)
}

// Difference compares the values of a deployed release with the document and
// returns the changes sorted by path. Values in the legacy layout are compared
// as if they had the current layout. Secrets are masked.
func (d Document) Difference(before map[string]any) []Change {
	was, is := tree.Flatten(chartinfo.Relocate(d.draft.layout, before)), tree.Flatten(d.Map)
	var changes []Change
	for _, path := range tree.Keys(tree.Merge(was, is)) {
		old, had := was[path]
		now, has := is[path]
		if had && has && reflect.DeepEqual(old, now) {
			continue
		}
		hidden := d.isSecret(path, old) || d.isSecret(path, now)
		changes = append(changes, Change{
			Path:   path,
			Before: formatValue(old, had, hidden),
			After:  formatValue(now, has, hidden),
		})
	}
	return changes
}

// isSecret reports whether a value must be masked: because its setting is
// sensitive, or because its name or content looks like a secret.
func (d Document) isSecret(path string, value any) bool {
	return slices.ContainsFunc(
		d.draft.values,
		func(s *setting) bool { return s.sensitive && tree.Dotted(s.path) == path },
	) ||
		secret.IsSensitive(strings.Split(path, "."), value)
}

const maxValueLength = 80 // in characters

func formatValue(value any, isSet, hidden bool) string {
	switch {
	case !isSet:
		return ""
	case hidden:
		return secret.Mask
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return fmt.Sprint(value)
	}
	text := []rune(strings.TrimSpace(out.String()))
	if len(text) > maxValueLength {
		return string(text[:maxValueLength]) + "…"
	}
	return string(text)
}
