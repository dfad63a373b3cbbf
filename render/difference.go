package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/chart"
	"github.com/zenml-installer/zenml-installer/internal/secret"
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
	was, is := flat(moved(d.draft.layout, before)), flat(d.Map)
	var changes []Change
	for _, path := range sortedNames(lay(was, is)) {
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

// moved moves the server's settings to the key at which a chart of this layout
// reads them, wherever the other generation has them.
func moved(layout chart.Layout, values map[string]any) map[string]any {
	values = clone(values)
	for _, root := range []string{"zenml", "server"} {
		if settings, ok := values[root].(map[string]any); ok && root != layout.Root {
			delete(values, root)
			here, _ := values[layout.Root].(map[string]any)
			values[layout.Root] = lay(settings, here)
		}
	}
	return values
}

// flat lists the values by their dotted path; a list counts as one value.
// Numbers are as JSON has them, whatever they were read from.
func flat(values map[string]any) map[string]any {
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
		_ = json.Unmarshal(data, &values) // what was just written can be read
	}
	walk("", values)
	delete(all, "")
	return all
}

func join(path, name string) string { return strings.TrimPrefix(path+"."+name, ".") }

// isSecret tells whether a value must not be shown: by what made it, by its
// name, or by its looks.
func (d Document) isSecret(path string, value any) bool {
	return slices.ContainsFunc(d.draft.values, func(s *setting) bool { return s.sensitive && dotted(s.path) == path }) ||
		secretive(strings.Split(path, "."), value)
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
