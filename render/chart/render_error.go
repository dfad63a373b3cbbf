package chart

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
)

// RenderError explains why a chart could not be rendered.
type RenderError struct {
	Chart, Version string
	File           string // template path relative to the chart; may be empty
	Line           int    // in File, 0 if unknown
	Key            string // values key in the template ("server.ingress.host"); may be empty
	Cause          string // message of the template engine or the chart
	Hint           string // likely reason; may be empty
	Err            error  // Helm's error
}

func (e *RenderError) Error() string {
	var where strings.Builder
	if e.File != "" {
		fmt.Fprintf(&where, " %s", e.File)
		if e.Line > 0 {
			fmt.Fprintf(&where, ":%d", e.Line)
		}
	}
	if e.Key != "" {
		fmt.Fprintf(&where, ", key %s", e.Key)
	}
	text := fmt.Sprintf("chart %s %s does not render:%s: %s", e.Chart, e.Version, where.String(), e.Cause)
	if where.Len() == 0 {
		text = fmt.Sprintf("chart %s %s does not render: %s", e.Chart, e.Version, e.Cause)
	}
	if e.Hint != "" {
		text += " (" + e.Hint + ")"
	}
	return text
}

// Unwrap returns Helm's error.
func (e *RenderError) Unwrap() error { return e.Err }

var (
	// "zenml/templates/server-ingress.yaml:12:34", anywhere in the text
	position = regexp.MustCompile(`([\w.-]+/(?:charts/[\w./-]+/)?templates/[\w./-]+):(\d+)`)
	// "at <.Values.server.ingress.host>" or `<$server.database.sslCa.value>`
	atAction  = regexp.MustCompile(`at <([^>]*)>`)
	valuesKey = regexp.MustCompile(`(?:\$?\.Values|\$\w+|\$)?((?:\.\w+)+)`)
)

// AsRenderError converts err if it is a Helm error that names a template.
func AsRenderError(info chartinfo.Info, err error) (*RenderError, bool) {
	if !position.MatchString(err.Error()) {
		return nil, false
	}
	return renderError(info, err), true
}

func renderError(info chartinfo.Info, err error) *RenderError {
	e := &RenderError{Chart: info.Name, Version: info.Version, Err: err, Cause: cause(err.Error())}
	text := err.Error()
	if m := lastMatch(position, text); m != nil {
		e.File = inChart(m[1])
		e.Line, _ = strconv.Atoi(m[2])
	}
	if m := lastMatch(atAction, text); m != nil {
		e.Key = keyOf(m[1])
	}
	for _, h := range renderHints {
		if strings.Contains(e.Cause, h.cause) {
			e.Hint = h.hint
			break
		}
	}
	return e
}

// renderHints explain known errors of the published charts.
var renderHints = []struct{ cause, hint string }{
	{"can't evaluate field value", "the key must be a mapping, {value: …} or {secretRef: …}, and is a string"},
	{"can't evaluate field", "a key above it has an unexpected type"},
	{"expected string; got", "every value there must be a string: quote it"},
	{"expected map[string]interface {}", "the key is null and must be a mapping: set it to {}"},
	{"expected string", "the key is null and must be a string"},
	{"nil pointer evaluating", "a key above it is null"},
}

// cause returns the innermost error that text/template and Helm wrapped in the
// template call chain.
func cause(text string) string {
	if m := lastMatch(atAction, text); m != nil {
		after := text[strings.LastIndex(text, m[0])+len(m[0]):]
		text = strings.TrimPrefix(after, ": ")
	} else if _, after, found := strings.Cut(text, "): "); found && position.MatchString(text) {
		text = after
	}
	text = strings.TrimPrefix(text, "error calling required: ")
	text = strings.TrimPrefix(text, "error calling fail: ")
	return strings.Join(strings.Fields(text), " ")
}

// keyOf returns the values key in a template action ("include …", ".Values.a.b
// | quote").
func keyOf(action string) string {
	m := valuesKey.FindStringSubmatch(action)
	if m == nil {
		return ""
	}
	return strings.TrimPrefix(m[1], ".")
}

// inChart removes the chart's name from a template's path.
func inChart(file string) string {
	_, inside, found := strings.Cut(file, "/")
	if !found {
		return file
	}
	return inside
}

func lastMatch(re *regexp.Regexp, text string) []string {
	all := re.FindAllStringSubmatch(text, -1)
	if len(all) == 0 {
		return nil
	}
	return all[len(all)-1]
}
