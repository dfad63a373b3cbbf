package answers

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/zenml-installer/zenml-installer/internal/bounded"
	"github.com/zenml-installer/zenml-installer/internal/nearest"
)

// File is a parsed answers file.
type File struct {
	Answers
	Name  string
	lines map[string]int
}

// Dir is the base folder of the file's relative paths.
func (f File) Dir() string { return filepath.Dir(f.Name) }

// Line returns the line of the answer at key, or of its closest parent.
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

// Parse reads and validates an answers file. name is used in messages. The
// error is Faults with every problem.
func Parse(name string, data []byte) (File, error) {
	file, err := Read(name, data)
	if err != nil {
		return file, err
	}
	return file, file.Locate(Validate(file.Answers)).Err()
}

// Read reads an answers file without validating the answers, because flags may
// still override them. The error is Faults for invalid YAML, unknown keys and
// wrong types.
func Read(name string, data []byte) (File, error) {
	file := File{Name: name, lines: map[string]int{}}
	if len(data) > MaxFile {
		size := &bounded.SizeError{Most: MaxFile}
		return file, Faults{{Summary: "the file is " + size.Error(), Remedy: "refer to large content by {file: PATH}"}}
	}
	doc, err := oneDocument(data)
	if err != nil {
		return file, err
	}
	d := decoder{lines: file.lines}
	d.value(doc, reflect.ValueOf(&file.Answers).Elem(), "")
	if len(d.faults) > 0 {
		d.faults = append(d.faults, file.wrongValues(d.faults)...)
		slices.SortStableFunc(d.faults, func(a, b Fault) int { return a.Line - b.Line })
	}
	return file, d.faults.Err()
}

// wrongValues returns the faults of answers that the file gives, besides those
// that are already known, so that one run names everything that is wrong.
func (f File) wrongValues(known Faults) Faults {
	var wrong Faults
	for _, fault := range f.Locate(Validate(f.Answers)) {
		_, given := f.lines[fault.Key]
		if given && !slices.ContainsFunc(known, func(k Fault) bool { return k.Key == fault.Key }) {
			wrong = append(wrong, fault)
		}
	}
	return wrong
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
	left := budget{maxNodes}
	for {
		var doc yaml.Node
		err := decoder.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		if err := left.spend(&doc, MaxLevels); err != nil {
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
	var limit *limitError
	if errors.As(err, &limit) {
		return Fault{Summary: limit.text, Remedy: "remove what the server and the chart do not need"}
	}
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

// mostSuggestions is how many keys a remedy lists.
const mostSuggestions = 10

// Nearest suggests the fields that were probably meant by an unknown key: those
// with that word in their key, or one that is spelled alike.
func Nearest(key string) string {
	var all, related []string
	for _, f := range Fields {
		all = append(all, f.Key)
		if slices.Contains(strings.Split(f.Key, "."), key) {
			related = append(related, f.Key)
		}
	}
	sections := sectionKeys()
	switch best := nearest.Name(key, append(all, sections...)); {
	case len(related) > 0 && len(related) <= mostSuggestions:
		return "did you mean one of these?\n  " + strings.Join(related, "\n  ")
	case slices.Contains(sections, best):
		return fmt.Sprintf("%s has several keys; list them with: zenml-installer answers explain %s", best, best)
	case best != "":
		return fmt.Sprintf("did you mean %s?", best)
	}
	return "list all keys with: zenml-installer answers explain"
}

// sectionKeys returns the keys that contain other keys: "database.mysql".
func sectionKeys() []string {
	var sections []string
	for _, f := range Fields {
		for i, r := range f.Key {
			if r == '.' && !slices.Contains(sections, f.Key[:i]) {
				sections = append(sections, f.Key[:i])
			}
		}
	}
	return sections
}

// NearestOf suggests the known name that was probably meant, or lists all.
func NearestOf(name string, known []string) string { return didYouMean(name, known) }

// didYouMean suggests the known name that was probably meant, or lists all.
func didYouMean(name string, known []string) string {
	if best := nearest.Name(name, known); best != "" {
		return fmt.Sprintf("did you mean %s?", best)
	}
	return "valid keys are " + strings.Join(known, ", ")
}
