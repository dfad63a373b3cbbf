package importer

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/internal/tree"
)

// Result is the result of an import.
type Result struct {
	// Answers are the imported answers. They contain secrets of the values as
	// plain values, which answers.Write moves out.
	Answers answers.Answers
	Notes   []Note
}

// Note explains a value that was not imported unchanged.
type Note struct {
	Path string // in the values
	Text string
}

// String returns the note as one line.
func (n Note) String() string { return n.Path + ": " + n.Text }

// Import converts values of either generation into answers: a values file, or
// the user-supplied values of a release. c is the chart they were for. Without
// its defaults, Import cannot omit values that repeat them, and detects the
// generation from the values.
//
// Values without an answer are kept as raw chart values. Keys that the chart
// does not read, settings without effect and secrets that no answer supports
// are dropped with a note. Import does not modify values.
func Import(values map[string]any, c chartinfo.Info) Result {
	r := newReader(values, c)
	r.a.Version = answers.Version
	for _, section := range readers {
		section(r)
	}
	r.rest()
	return Result{Answers: r.a, Notes: r.notes}
}

// readers run in order of their dependencies.
var readers = []func(*reader){
	(*reader).references,
	(*reader).database, (*reader).backup, (*reader).payloads,
	(*reader).stores,
	(*reader).exposure,
	(*reader).image, (*reader).scale, (*reader).auth, (*reader).plain, (*reader).logging, (*reader).openTelemetry,
	(*reader).activation, (*reader).environment,
	(*reader).network, (*reader).impliedVariables, (*reader).pods, (*reader).security,
}

// reader converts values; each value that it takes is removed from the tree.
type reader struct {
	chart  chartinfo.Info
	layout *chartinfo.Layout // nil if the chart's defaults are unknown
	root   string            // root key of the server's settings
	tree   map[string]any    // the values, with the server's settings below "server"
	refs   []envRef          // unclaimed environmentSecretKeyRefs
	a      answers.Answers
	raw    [][]string // kept as raw values although they equal the chart's default
	notes  []Note
}

func newReader(values map[string]any, c chartinfo.Info) *reader {
	r := &reader{chart: c, tree: tree.Clone(values)}
	if layout, err := c.Layout(); err == nil {
		r.layout = &layout
		r.root = layout.Root
	}
	old, hasOld := r.tree["zenml"].(map[string]any)
	server, hasNew := r.tree["server"].(map[string]any)
	r.dropNonMapping("zenml")
	r.dropNonMapping("server")
	delete(r.tree, "zenml")
	delete(r.tree, "server")
	switch {
	case hasOld && hasNew && r.root == "zenml":
		r.note("server", "left out: this chart reads its settings below zenml")
		server = old
	case hasOld && hasNew:
		r.note("zenml", "merged with server, and overrides it as in the chart")
		server = tree.Merge(server, old)
	case hasOld:
		server = old
	case hasNew && r.root == "zenml":
		r.note("server", "this chart reads its settings below zenml and ignored it: it is imported")
	}
	if r.root == "" {
		r.root = map[bool]string{true: "zenml", false: "server"}[hasOld && !hasNew]
	}
	if server == nil {
		server = map[string]any{}
	}
	r.tree["server"] = server
	r.dropUnread([]string{"server"}, server)
	return r
}

// dropNonMapping drops a value that must be a mapping but is not, with a note.
func (r *reader) dropNonMapping(name string) {
	if _, isMap := r.tree[name].(map[string]any); !isMap && r.tree[name] != nil {
		r.note(name, "left out: it must be a mapping")
	}
}

// olderSettings match settings that only earlier charts read and that the
// readers convert.
var olderSettings = regexp.MustCompile(`^server\.(jwtSecretKey|authType|debug|secretsStore|backupSecretsStore)(\.|$)`)

// dropUnread drops what the chart does not read, so that it does not become an
// answer and take effect.
func (r *reader) dropUnread(path []string, m map[string]any) {
	for _, name := range tree.Keys(m) {
		at := append(slices.Clone(path), name)
		here := append([]string{r.root}, at[1:]...)
		if r.layout == nil || tree.IsEmpty(m[name]) || olderSettings.MatchString(tree.Dotted(at)) {
			continue
		}
		if !chartinfo.Knows(r.chart, *r.layout, here) {
			r.note(tree.Dotted(at), "left out: the chart does not read it")
			delete(m, name)
		} else if below, isMap := m[name].(map[string]any); isMap {
			r.dropUnread(at, below)
		}
	}
}

func (r *reader) note(path, format string, args ...any) {
	if rest, ok := strings.CutPrefix(path, "server."); ok {
		path = r.root + "." + rest
	}
	r.notes = append(r.notes, Note{Path: path, Text: fmt.Sprintf(format, args...)})
}

// rest keeps the remaining values as raw chart values if they have an effect
// and are not secret.
func (r *reader) rest() {
	server, _ := r.tree["server"].(map[string]any)
	delete(r.tree, "server")
	kept := map[string]any{}
	if below := r.keep([]string{r.root}, server); len(below) > 0 {
		kept[r.root] = below
	}
	for _, name := range slices.Sorted(maps.Keys(r.tree)) {
		if value, ok := r.keepValue([]string{name}, r.tree[name]); ok {
			kept[name] = value
		}
	}
	if len(kept) > 0 {
		r.a.Values = kept
	}
}

func (r *reader) keep(path []string, m map[string]any) map[string]any {
	kept := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if value, ok := r.keepValue(append(slices.Clone(path), name), m[name]); ok {
			kept[name] = value
		}
	}
	return kept
}

func (r *reader) keepValue(path []string, value any) (any, bool) {
	if value == nil {
		return nil, false
	}
	if below, ok := value.(map[string]any); ok {
		kept := r.keep(path, below)
		return kept, len(kept) > 0
	}
	if r.repeatsDefault(path, value) && !r.mustStay(path) {
		return nil, false
	}
	at := tree.Dotted(path)
	switch {
	case r.needsKeys(path):
		r.note(at, "left out: it must be a mapping")
		return nil, false
	case r.layout != nil && !chartinfo.Knows(r.chart, *r.layout, path):
		r.note(at, "left out: the chart does not read it")
		return nil, false
	case secret.IsSensitive(path, value):
		r.note(at, "left out: it may be a secret, and no answer exists for it")
		return nil, false
	}
	r.note(at, "kept as a raw chart value: no answer exists for it")
	return value, true
}

// stay keeps a raw value even if it equals the chart's default, because the
// answers would otherwise change it. name is below the server's root key.
func (r *reader) stay(name string, value any) {
	r.put("server."+name, value)
	r.raw = append(r.raw, append([]string{r.root}, strings.Split(name, ".")...))
}

func (r *reader) mustStay(path []string) bool {
	return slices.ContainsFunc(r.raw, func(p []string) bool { return slices.Equal(p, path) })
}

// needsKeys reports whether the chart has keys below path.
func (r *reader) needsKeys(path []string) bool {
	if r.layout == nil {
		return false
	}
	n := r.layout.Default(path...)
	return n != nil && n.Kind == yaml.MappingNode
}

func (r *reader) repeatsDefault(path []string, value any) bool {
	if r.layout == nil {
		return false
	}
	n := r.layout.Default(path...)
	var own any
	return n != nil && n.Decode(&own) == nil && tree.Covers(own, value)
}
