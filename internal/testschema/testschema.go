// Package testschema holds published JSON against its schemas: that of the
// last release allows additions only.
package testschema

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
)

// Folder contains the schemas, seen from the root of the repository. Its
// subfolder released contains those of the last release.
const Folder = "docs/schemas"

// Direction is who writes the JSON.
type Direction int

// Output is written by the program; Input is written by users.
const (
	Output Direction = iota
	Input
)

// Of returns the schema of what a value encodes to. It allows further fields,
// which a later release may add.
func Of(t testing.TB, value any) []byte {
	t.Helper()
	schema, err := jsonschema.ForType(reflect.TypeOf(value), nil)
	if err != nil {
		t.Fatal(err)
	}
	open(schema)
	text, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}

func open(s *jsonschema.Schema) {
	s.AdditionalProperties = nil
	for _, property := range s.Properties {
		open(property)
	}
	if s.Items != nil {
		open(s.Items)
	}
}

// IsPublished fails the test unless the file of a schema is up to date. With
// update it writes the file.
func IsPublished(t testing.TB, path string, schema []byte, update bool) {
	t.Helper()
	if update {
		if err := os.WriteFile(path, schema, 0o644); err != nil { //nolint:gosec // a page of the docs
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(path); err != nil || !bytes.Equal(have, schema) {
		t.Errorf("%s is out of date (%v): run this test with -update", path, err)
	}
}

// IsCompatible fails the test if the schema breaks what the last release
// promised in a file below root.
func IsCompatible(t testing.TB, root, name string, schema []byte, d Direction) {
	t.Helper()
	path := filepath.Join(root, Folder, "released", name)
	released, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	breaks, err := Breaks(released, schema, d)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range breaks {
		t.Errorf("%s: %s: docs/stability.md allows additions only", path, b)
	}
}
