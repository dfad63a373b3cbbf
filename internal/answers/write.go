package answers

import (
	"bytes"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// Moved is a secret that stood in the answers themselves and is not written
// into a file: the file asks for an environment variable instead.
type Moved struct {
	Key  string // of the answer
	Env  string // the variable that the file names
	Text secret.Text
}

// Write gives the answers as an answers file, in the order of the model,
// without what was not answered. No secret is in it: a secret that the answers
// hold themselves is named as an environment variable, and returned beside.
func Write(a Answers) (file []byte, moved []Moved) {
	a.Version = Version
	w := writer{}
	root := w.structure(reflect.ValueOf(a), "")
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(root); err != nil {
		panic("answers: " + err.Error()) // nodes that were made here; a property test writes many
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

// empty tells whether nothing was answered, also of structures.
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
	_ = n.Encode(v.Interface()) // plain data: the decoder takes nothing else
	return n
}

// source writes where a content comes from. Public content that stands in the
// answers stays there.
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

// public tells whether the content of a Source may be shown.
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
