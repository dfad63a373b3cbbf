package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// write creates a tree of Go files; the contents follow the package clause.
func write(t *testing.T, files map[string]string) tree {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("package p\n"+content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	read, err := readTree(root)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func TestMeasures(t *testing.T) {
	long := "// " + strings.Repeat("x", maxColumns) + "\n"
	function := func(lines int) string { return "func f() {\n" + strings.Repeat("\tg()\n", lines-2) + "}\n" }
	many := map[string]string{}
	for i := range maxPackageFiles + 1 {
		many["p/f"+strings.Repeat("x", i)+".go"] = ""
	}
	for _, c := range []struct {
		name   string
		files  map[string]string
		failed string // the measure that fails; empty for none
	}{
		{"small tree", map[string]string{"a.go": function(10), "a_test.go": "", "main_test.go": ""}, ""},
		{"long median", map[string]string{"a.go": function(11)}, "function length, median"},
		{"long tail", map[string]string{"a.go": strings.Repeat(function(3), 8) + strings.Repeat(function(26), 2)},
			"90th percentile"},
		{"large package", many, "largest package"},
		{"long file", map[string]string{"a.go": strings.Repeat("// x\n", maxFileLines)}, "longest file"},
		{"wide lines", map[string]string{"a.go": long}, "columns"},
		{"stray test file", map[string]string{"a.go": "", "b_test.go": ""}, "named after"},
		{"test of one platform", map[string]string{"a.go": "", "a_linux_test.go": ""}, ""},
		{"tests alone", map[string]string{"e2e/doc.go": "", "e2e/b_test.go": ""}, ""},
		{"fixtures", map[string]string{"testdata/a.go": long, ".cache/a.go": long}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, m := range write(t, c.files).measures() {
				expected := c.failed == "" || !strings.Contains(m.name, c.failed)
				if m.met != expected {
					t.Errorf("%s: met is %t, want %t", m, m.met, expected)
				}
			}
		})
	}
}

func TestReadTree_unreadable(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "a.go"), []byte("not Go"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := readTree(root); err == nil {
		t.Error("readTree accepted a file that is not Go")
	}
}
