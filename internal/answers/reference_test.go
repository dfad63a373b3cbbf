package answers

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/zenml-installer/zenml-installer/internal/testschema"
)

var update = flag.Bool("update", false, "rewrite the reference page and the schema")

//go:generate go test . -run TestGeneratedFilesAreUpToDate -update
func TestGeneratedFilesAreUpToDate(t *testing.T) {
	for path, want := range map[string][]byte{
		"../../docs/answers.md":            Reference(),
		"../../assets/answers.schema.json": Schema(),
	} {
		if *update {
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if have, err := os.ReadFile(path); err != nil || !bytes.Equal(have, want) {
			t.Errorf("%s is out of date (%v): run go generate ./internal/answers", path, err)
		}
	}
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	content, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("answers.json", content); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("answers.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// asJSON converts YAML as an editor does before it validates a JSON Schema.
func asJSON(t *testing.T, data []byte) any {
	t.Helper()
	var tree any
	if err := yaml.Unmarshal(data, &tree); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	content, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestSchema(t *testing.T) {
	schema := compiled(t)
	files, _ := filepath.Glob(filepath.Join(samplesDir, "*.yaml"))
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(asJSON(t, data)); err != nil {
			t.Errorf("%s: %v", filepath.Base(name), err)
		}
	}
	for _, bad := range []string{
		"database: {type: sqlite}",
		"version: 1\ndatabase: {typ: sqlite}",
		"version: 1\ndatabase: {type: postgres}",
		"version: 1\ndatabase: {type: mysql, mysql: {password: plain}}",
		"version: 1\nserver: {replicas: two}",
	} {
		if schema.Validate(asJSON(t, []byte(bad))) == nil {
			t.Errorf("the schema accepts %q", bad)
		}
	}
}

func TestSample(t *testing.T) {
	for _, all := range []bool{false, true} {
		sample := Sample(all)
		if _, err := Parse("sample.yaml", sample); err != nil {
			t.Fatalf("the sample is not valid:\n%v\n%s", err, sample)
		}
		for _, f := range Fields {
			name := f.Key[strings.LastIndexByte(f.Key, '.')+1:]
			if (all || !f.Advanced) && !bytes.Contains(sample, []byte(f.sampleLine(name)+"\n")) {
				t.Errorf("%s is not in the sample (all: %v)", f.Key, all)
			}
		}
	}
	// When every line is uncommented, only answers that exclude each other are faults.
	uncommented := uncomment(string(Sample(true)))
	if _, err := Read("sample.yaml", []byte(uncommented)); err != nil {
		t.Errorf("a line of the sample is invalid:\n%v", err)
	}
}

// uncomment uncomments every line that answers a field.
func uncomment(sample string) string {
	known := map[string]bool{}
	for _, f := range Fields {
		known[f.Key[strings.LastIndexByte(f.Key, '.')+1:]] = true
	}
	lines := strings.Split(sample, "\n")
	for i, line := range lines {
		body := strings.TrimLeft(line, " ")
		rest, marked := strings.CutPrefix(body, "# ")
		name, _, found := strings.Cut(rest, ": ")
		if marked && found && known[name] && !strings.HasSuffix(line, ".") {
			lines[i] = line[:len(line)-len(body)] + rest
		}
	}
	return strings.Join(lines, "\n")
}

func TestExplain(t *testing.T) {
	for _, f := range Fields {
		text, err := Explain(f.Key)
		if err != nil || !strings.Contains(text, f.Title) || !strings.Contains(text, "Type:") {
			t.Errorf("%s: %v\n%s", f.Key, err, text)
		}
	}
	if text, err := Explain("database.mysql.tls"); err != nil || !strings.Contains(text, "database.mysql.tls.mode") {
		t.Errorf("a group is not explained: %v\n%s", err, text)
	}
	if _, err := Explain("databse.type"); err == nil || !strings.Contains(err.Error(), "did you mean database.type?") {
		t.Errorf("got %v", err)
	}
}

func TestSchemaIsCompatible(t *testing.T) {
	testschema.IsCompatible(t, "../..", "answers.schema.json", Schema(), testschema.Input)
}
