package testschema

import (
	"slices"
	"testing"
)

func TestBreaks(t *testing.T) {
	const released = `{"type": "object", "required": ["a"], "additionalProperties": false, "properties": {
		"a": {"type": "string", "enum": ["x", "y"]}, "b": {"type": "array", "items": {"type": "integer"}}}}`
	for _, test := range []struct {
		name, current string
		direction     Direction
		want          []string
	}{
		{"same", released, Output, nil},
		{"additions", `{"type": "object", "required": ["a"], "additionalProperties": false, "properties": {
			"a": {"type": "string", "enum": ["x", "y", "z"]}, "b": {"type": "array", "items": {"type": "integer"}},
			"c": {"type": "string"}}}`, Output, nil},
		{"removed field", `{"type": "object", "required": ["a"], "additionalProperties": false, "properties": {
			"a": {"type": "string", "enum": ["x", "y"]}}}`, Output, []string{".b: removed"}},
		{"other type", `{"type": "object", "required": ["a"], "additionalProperties": false, "properties": {
			"a": {"type": "string", "enum": ["x", "y"]}, "b": {"type": "array", "items": {"type": "string"}}}}`,
			Output, []string{".b[]: type was integer and is string"}},
		{"removed choice", `{"type": "object", "required": ["a"], "additionalProperties": false, "properties": {
			"a": {"type": "string", "enum": ["x"]}, "b": {"type": "array", "items": {"type": "integer"}}}}`,
			Output, []string{".a: choice y removed"}},
		{"required output", `{"type": "object", "additionalProperties": false, "properties": {
			"a": {"type": "string", "enum": ["x", "y"]}, "b": {"type": "array", "items": {"type": "integer"}}}}`,
			Output, []string{".a: no longer always present"}},
		{"required input", `{"type": "object", "required": ["a", "b"], "additionalProperties": false, "properties": {
			"a": {"type": "string", "enum": ["x", "y"]}, "b": {"type": "array", "items": {"type": "integer"}}}}`,
			Input, []string{".b: newly required"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Breaks([]byte(released), []byte(test.current), test.direction)
			if err != nil || !slices.Equal(got, test.want) {
				t.Errorf("got %q (%v), want %q", got, err, test.want)
			}
		})
	}
}
