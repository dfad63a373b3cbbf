package answers

import (
	"errors"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// isYAML reports whether Set reads text as YAML: always for a collection without
// a simpler form, and for lists and pairs that are written with brackets.
func isYAML(v reflect.Value, text string) bool {
	switch v.Interface().(type) {
	case Source, Host:
		return false
	case []string:
		return strings.HasPrefix(text, "[")
	case map[string]string:
		return strings.HasPrefix(text, "{")
	}
	return v.Kind() == reflect.Map || v.Kind() == reflect.Slice || v.Kind() == reflect.Struct
}

// setYAML stores an answer that is given in YAML, usually in its flow form on one
// line. The error is the first fault.
func setYAML(v reflect.Value, key, text string) error {
	if len(text) > MaxFile {
		return errors.New("the text is too long: use a file")
	}
	doc, err := oneDocument([]byte(text))
	if err != nil {
		return errors.New("the text is not YAML: check the brackets, the quotes and the space after each colon")
	}
	d := decoder{lines: map[string]int{}}
	fresh := reflect.New(v.Type()).Elem()
	d.value(doc, fresh, key)
	if len(d.faults) > 0 {
		fault := d.faults[0]
		where := strings.TrimPrefix(strings.TrimPrefix(fault.Key, key), ".")
		return errors.New(strings.TrimPrefix(where+": ", ": ") + fault.Summary + ": " + fault.Remedy)
	}
	v.Set(fresh)
	return nil
}

// OneLine returns the answer at key in the form that Set takes: Get's, and YAML in
// its flow form for the collections that have no other. It is empty for a
// collection with a secret in it. It panics if no field has the key.
func (a Answers) OneLine(key string) string {
	v := fieldAt(reflect.ValueOf(&a).Elem(), key)
	if v.IsZero() || !isYAML(v, "") && !needsBrackets(v) {
		return a.Get(key)
	}
	w := writer{}
	n := w.value(v, key)
	n.Style |= yaml.FlowStyle
	text, err := yaml.Marshal(n)
	if err != nil {
		panic("answers: " + err.Error()) // plain data: the decoder accepts nothing else
	}
	if len(w.moved) > 0 {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// needsBrackets reports whether a list or pairs contain what the form with commas
// cannot.
func needsBrackets(v reflect.Value) bool {
	var texts []string
	switch content := v.Interface().(type) {
	case []string:
		texts = content
	case map[string]string:
		for name, value := range content {
			texts = append(texts, name+value)
		}
	}
	return slices.ContainsFunc(texts, func(t string) bool {
		return strings.Contains(t, ",") || strings.TrimSpace(t) != t || strings.HasPrefix(t, "[") || strings.HasPrefix(t, "{")
	})
}
