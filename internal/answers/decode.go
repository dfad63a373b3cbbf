package answers

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/zenml-installer/zenml-installer/internal/nearest"
)

// File is a parsed answers file.
type File struct {
	Answers
	Name  string
	lines map[string]int
}

// Dir is the folder that the file's relative paths start from.
func (f File) Dir() string { return filepath.Dir(f.Name) }

// Line returns the line that answers key, or the nearest line above it.
func (f File) Line(key string) int {
	for key != "" {
		if line, ok := f.lines[key]; ok {
			return line
		}
		cut := strings.LastIndexAny(key, ".[")
		if cut < 0 {
			return 0
		}
		key = key[:cut]
	}
	return 0
}

// Parse reads an answers file and validates it. name is used in messages. It
// returns Faults with everything that is wrong.
func Parse(name string, data []byte) (File, error) {
	file, err := Read(name, data)
	if err != nil {
		return file, err
	}
	return file, file.Locate(Validate(file.Answers)).Err()
}

// Read reads an answers file without validating the answers, because others may
// still override them. It returns Faults for invalid YAML, unknown keys and
// wrong types.
func Read(name string, data []byte) (File, error) {
	file := File{Name: name, lines: map[string]int{}}
	doc, err := oneDocument(data)
	if err != nil {
		return file, err
	}
	d := decoder{lines: file.lines}
	d.value(doc, reflect.ValueOf(&file.Answers).Elem(), "")
	return file, d.faults.Err()
}

// oneDocument reads YAML with a single document, because others would be
// ignored.
func oneDocument(data []byte) (*yaml.Node, error) {
	all, err := documents(data)
	if err != nil {
		return nil, Faults{syntaxFault(err)}
	}
	switch len(all) {
	case 0:
		return nil, Faults{{Summary: "the file is empty", Remedy: "start it with version: 1"}}
	case 1:
		return all[0], nil
	}
	return nil, Faults{{Line: all[1].Line, Summary: "a second document starts here",
		Remedy: "keep only one document; everything after a second --- would be ignored"}}
}

// Documents counts the non-empty documents in YAML, as far as it can be parsed.
func Documents(data []byte) int {
	all, _ := documents(data)
	return len(all)
}

func documents(data []byte) ([]*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var all []*yaml.Node
	for {
		var doc yaml.Node
		err := decoder.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		if len(doc.Content) == 1 && doc.Content[0].Tag != "!!null" {
			all = append(all, doc.Content[0])
		}
	}
}

// Locate adds the file's lines to faults.
func (f File) Locate(faults Faults) Faults {
	for i := range faults {
		faults[i].Line = f.Line(faults[i].Key)
	}
	return faults
}

var yamlLine = regexp.MustCompile(`line (\d+): `)

// syntaxFault keeps the line of the error but not the text around it, which may
// contain a secret.
func syntaxFault(err error) Fault {
	text := err.Error()
	fault := Fault{Summary: "invalid YAML", Remedy: "check the indentation, quotes and colons"}
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		fault.Line, _ = strconv.Atoi(m[1])
	}
	return fault
}

type decoder struct {
	lines  map[string]int
	faults Faults
}

func (d *decoder) fault(key string, n *yaml.Node, problem, remedy string) {
	d.faults = append(d.faults, Fault{Key: key, Line: n.Line, Summary: problem, Remedy: remedy})
}

func (d *decoder) structure(n *yaml.Node, into reflect.Value, key string) {
	if into.Kind() == reflect.Pointer {
		into.Set(reflect.New(into.Type().Elem()))
		into = into.Elem()
	}
	if n.Kind != yaml.MappingNode {
		d.fault(key, n, "expected a mapping", "its keys are "+strings.Join(names(into.Type()), ", "))
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		path := join(key, name.Value)
		if _, twice := d.lines[path]; twice {
			d.fault(path, name, "duplicate key", "remove one of them")
			continue
		}
		d.lines[path] = name.Line
		index, ok := fieldIndex(into.Type(), name.Value)
		if !ok {
			d.fault(path, name, "unknown key", didYouMean(name.Value, names(into.Type())))
			continue
		}
		d.value(value, into.Field(index), path)
	}
}

func (d *decoder) source(n *yaml.Node, into *Source, key string) {
	if n.Kind == yaml.ScalarNode {
		d.fault(key, n, "a plain value is not allowed", "write where to read it: {env: NAME}, {file: PATH} or "+
			"{secretRef: {name: N, key: K}}, or as a last resort {value: …}")
		return
	}
	before := len(d.faults)
	d.structure(n, reflect.ValueOf(into).Elem(), key)
	if len(d.faults) > before {
		return
	}
	if len(n.Content) != 2 || into.IsZero() {
		d.fault(key, n, "exactly one source is required", "set one of env, file, secretRef, generate and value")
	}
	if ref := into.SecretRef; ref != nil && (ref.Name == "" || ref.Key == "") {
		d.fault(key+".secretRef", n, "the name or the key of the Secret is missing", "write {name: SECRET, key: KEY}")
	}
}

func names(t reflect.Type) []string {
	var all []string
	for i := range t.NumField() {
		all = append(all, yamlName(t.Field(i)))
	}
	return all
}

func join(key, name string) string {
	if key == "" {
		return name
	}
	return key + "." + name
}

// Nearest suggests the field that was probably meant by an unknown key.
func Nearest(key string) string {
	known := make([]string, len(Fields))
	for i, f := range Fields {
		known[i] = f.Key
	}
	return didYouMean(key, known)
}

// NearestOf suggests the known name that was probably meant, or lists them.
func NearestOf(name string, known []string) string { return didYouMean(name, known) }

// didYouMean suggests the known name that was probably meant, or lists them.
func didYouMean(name string, known []string) string {
	if best := nearest.Name(name, known); best != "" {
		return fmt.Sprintf("did you mean %s?", best)
	}
	return "valid keys are " + strings.Join(known, ", ")
}
