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

// Result is what became of a values file.
type Result struct {
	// Answers say what the values said. Secrets that stood in the values are
	// in them as plain values: answers.Write takes them out.
	Answers answers.Answers
	Notes   []Note
}

// Note says what of the values could not be carried over as it was.
type Note struct {
	Path string // in the values
	Text string
}

// String gives the note in one line.
func (n Note) String() string { return n.Path + ": " + n.Text }

// Import turns the values of either generation, as a user gave them (a values
// file, or a release's own values without the chart's defaults), into answers.
// c is the chart that they were for; without its defaults, what merely repeats
// them cannot be told apart, and the generation is read from the values.
//
// What no answer says is kept as raw chart values. Keys that the chart does not
// read, settings without effect and secrets that no answer takes are left out;
// each has its note. Values are not changed.
func Import(values map[string]any, c chartinfo.Info) Result {
	r := newReader(values, c)
	r.a.Version = answers.Version
	for _, section := range readers {
		section(r)
	}
	r.rest()
	return Result{Answers: r.a, Notes: r.notes}
}

// readers take the values apart, in the order in which they lean on each other.
var readers = []func(*reader){
	(*reader).references,
	(*reader).database, (*reader).backup, (*reader).payloads,
	(*reader).stores,
	(*reader).exposure,
	(*reader).image, (*reader).scale, (*reader).auth, (*reader).plain, (*reader).logging, (*reader).openTelemetry,
	(*reader).activation, (*reader).environment,
	(*reader).network, (*reader).pods, (*reader).security,
}

// reader takes values apart: what is taken is gone from the tree.
type reader struct {
	chart  chartinfo.Info
	layout *chartinfo.Layout // nil when the chart's defaults are not known
	root   string            // the key of the server's settings in the values
	tree   map[string]any    // the values, with the server's settings below "server"
	refs   []envRef          // environmentSecretKeyRefs that nothing has claimed yet
	a      answers.Answers
	raw    [][]string // kept as raw values though the chart's default says the same
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

// dropNonMapping says that what needs keys of its own has none.
func (r *reader) dropNonMapping(name string) {
	if _, isMap := r.tree[name].(map[string]any); !isMap && r.tree[name] != nil {
		r.note(name, "left out: it must be a mapping")
	}
}

// olderSettings are those that only charts before this one read, and that the
// sections turn into today's.
var olderSettings = regexp.MustCompile(`^server\.(jwtSecretKey|authType|debug|secretsStore|backupSecretsStore)(\.|$)`)

// dropUnread leaves out what the chart does not read, so that no answer comes
// of what had no effect.
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

// rest keeps what nothing has taken as raw chart values, as far as it has an
// effect and is no secret.
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

// stay keeps a value as raw even where the chart's default says the same:
// without it the answers would have another effect. name is below the server's.
func (r *reader) stay(name string, value any) {
	r.put("server."+name, value)
	r.raw = append(r.raw, append([]string{r.root}, strings.Split(name, ".")...))
}

func (r *reader) mustStay(path []string) bool {
	return slices.ContainsFunc(r.raw, func(p []string) bool { return slices.Equal(p, path) })
}

// needsKeys reports whether the chart has keys at path.
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
