package answers

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// FuzzParse checks that reading any file neither panics nor reveals a secret,
// and that writing and reading again gives the same answers.
func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob(filepath.Join(samplesDir, "*.yaml"))
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add(Sample(true))
	f.Add([]byte("version: 1\ndatabase: {mysql: {password: {value: c4n4ry}, hots: x}}\n"))
	f.Add([]byte("a: &a {b: *a}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Read("fuzz.yaml", data)
		if err != nil {
			for _, text := range plainSecrets(data) {
				if strings.Contains(err.Error(), text) {
					t.Errorf("a fault reveals secret %q: %v", text, err)
				}
			}
			return
		}
		written, moved := Write(file.Answers)
		again, err := Read("again.yaml", written)
		if err != nil {
			t.Fatalf("the written file cannot be read:\n%v\n%s", err, written)
		}
		for _, m := range moved {
			if len(m.Text.Reveal()) > 12 && bytes.Contains(written, []byte(m.Text.Reveal())) &&
				!bytes.Contains(bytes.ReplaceAll(data, []byte(m.Text.Reveal()), nil), []byte(m.Text.Reveal())) &&
				bytes.Count(data, []byte(m.Text.Reveal())) == 1 {
				t.Errorf("the secret of %s was written", m.Key)
			}
		}
		twice, _ := Write(again.Answers)
		if !bytes.Equal(written, twice) {
			t.Errorf("writing it again gives another file:\n%s\n%s", written, twice)
		}
		if len(moved) == 0 && !reflect.DeepEqual(normal(file.Answers), normal(again.Answers)) {
			t.Errorf("read\n%#v\nbut after writing\n%#v", file.Answers, again.Answers)
		}
		_ = Validate(file.Answers) // must not panic
		_ = file.Answers.Complete()
	})
}

// normal makes equivalent answers equal: the version is always written, and an
// empty mapping is not.
func normal(a Answers) Answers {
	a.Version = Version
	var strip func(v reflect.Value)
	strip = func(v reflect.Value) {
		for i := range v.NumField() {
			field := v.Field(i)
			switch {
			case field.Kind() == reflect.Struct && field.Type() != reflect.TypeFor[Source]() && field.Type() != reflect.TypeFor[Host]():
				strip(field)
			case empty(field) && field.CanSet():
				field.SetZero()
			}
		}
	}
	strip(reflect.ValueOf(&a).Elem())
	return a
}

// plainSecrets lists the long texts below a key "value" of a file.
func plainSecrets(data []byte) []string {
	var doc yaml.Node
	if yaml.Unmarshal(data, &doc) != nil {
		return nil
	}
	var all []string
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if key, value := n.Content[i], n.Content[i+1]; key.Value == "value" && value.Kind == yaml.ScalarNode &&
				len(value.Value) > 12 {
				all = append(all, value.Value)
			}
		}
		for _, below := range n.Content {
			walk(below)
		}
	}
	walk(&doc)
	return all
}
