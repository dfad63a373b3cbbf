package answers

import (
	"bytes"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// Moved is a secret that was replaced in the file by an environment variable.
type Moved struct {
	Key  string // the answers key
	Env  string // the variable in the file
	Text secret.Text
}

// Write formats answers as an answers file in the order of the model, without
// unanswered fields. It contains no secrets: plain ones are replaced by
// environment variables and returned separately.
func Write(a Answers) (file []byte, moved []Moved) {
	a.Version = Version
	w := writer{}
	root := w.structure(reflect.ValueOf(a), "")
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(root); err != nil {
		panic("answers: " + err.Error()) // nodes made here; a property test writes many
	}
	_ = encoder.Close()
	return out.Bytes(), w.moved
}

type writer struct{ moved []Moved }

func (w *writer) structure(v reflect.Value, key string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for i := range v.NumField() {
		field := v.Field(i)
		if empty(field) {
			continue
		}
		name := yamlName(v.Type().Field(i))
		appendPair(n, name, w.value(field, join(key, name)))
	}
	return n
}

func appendPair(n *yaml.Node, name string, value *yaml.Node) {
	key := &yaml.Node{}
	key.SetString(name)
	n.Content = append(n.Content, key, value)
}

// empty reports whether nothing was answered, including nested fields.
func empty(v reflect.Value) bool {
	if v.Kind() == reflect.Slice || v.Kind() == reflect.Map {
		return v.Len() == 0
	}
	return v.IsZero()
}

func (w *writer) value(v reflect.Value, key string) *yaml.Node {
	switch content := v.Interface().(type) {
	case Source:
		return w.source(content, key)
	case SecretRef:
		return flow(content)
	case map[string]Source:
		n := &yaml.Node{Kind: yaml.MappingNode}
		for _, name := range sortedKeys(content) {
			appendPair(n, name, w.source(content[name], join(key, name)))
		}
		return n
	case []CustomCA:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for _, ca := range content {
			n.Content = append(n.Content, w.structure(reflect.ValueOf(ca), "certificates.customCAs.certificate"))
		}
		return n
	}
	if v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[Host]() {
		return w.structure(v, key)
	}
	n := &yaml.Node{}
	_ = n.Encode(v.Interface()) // plain data: the decoder accepts nothing else
	return n
}

// source encodes a Source. Public content is kept inline.
func (w *writer) source(s Source, key string) *yaml.Node {
	if problem, _ := noPrivateKey(s.Value.Reveal()); !s.Value.Empty() && (!public(key) || problem != "") {
		name := "ZENML_" + strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(key))
		w.moved = append(w.moved, Moved{Key: key, Env: name, Text: s.Value})
		s = Source{Env: name}
	}
	if !s.Value.Empty() {
		n := &yaml.Node{Kind: yaml.MappingNode}
		value := &yaml.Node{}
		value.SetString(s.Value.Reveal())
		appendPair(n, "value", value)
		return n
	}
	return flow(s)
}

// public reports whether the content of a Source is not secret.
func public(key string) bool {
	if strings.HasPrefix(key, "certificates.") {
		return true
	}
	f, ok := FieldByKey(key)
	return ok && f.Kind == Content
}

func flow(v any) *yaml.Node {
	n := &yaml.Node{}
	_ = n.Encode(v)
	n.Style = yaml.FlowStyle
	return n
}
