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

// Change is a chart value that becomes another one.
type Change struct {
	Path   string // as in the new values: "server.replicaCount"
	Before string // JSON, or dots for a secret; empty when it was not set
	After  string // alike
}

// String gives the change in one line: "+ path: value", "- path: value" or
// "~ path: value -> value".
func (c Change) String() string {
	switch {
	case c.Before == "":
		return fmt.Sprintf("+ %s: %s", c.Path, c.After)
	case c.After == "":
		return fmt.Sprintf("- %s: %s", c.Path, c.Before)
	}
	return fmt.Sprintf("~ %s: %s -> %s", c.Path, c.Before, c.After)
}

// Difference compares the values that a release was given with those of the
// document, in the order of their paths. Both generations' layouts count as
// one. Secrets are not shown: of one that changes it is only said that it does.
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
		changes = append(changes, Change{Path: path, Before: shown(old, had, hidden), After: shown(now, has, hidden)})
	}
	return changes
}

// isSecret reports whether a value must not be shown: by what made it, by its
// name, or by its looks.
func (d Document) isSecret(path string, value any) bool {
	return slices.ContainsFunc(
		d.draft.values,
		func(s *setting) bool { return s.sensitive && tree.Dotted(s.path) == path },
	) ||
		secret.IsSensitive(strings.Split(path, "."), value)
}

const longestShown = 80 // characters of a value

func shown(value any, there, hidden bool) string {
	switch {
	case !there:
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
	if len(text) > longestShown {
		return string(text[:longestShown]) + "…"
	}
	return string(text)
}
