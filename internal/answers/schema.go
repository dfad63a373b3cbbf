package answers

import (
	"encoding/json"
	"reflect"
	"strconv"
)

// Schema returns the JSON Schema (draft 2020-12) of the answers file, for
// editors. It covers keys, types and choices; only Validate knows the rules
// between several answers.
func Schema() []byte {
	root := schemaOf(reflect.TypeFor[Answers](), "")
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Answers for zenml-installer"
	root["required"] = []string{"version"}
	root["properties"].(map[string]any)["version"] = map[string]any{"const": Version,
		"description": "The version of the answers file."}
	root["$defs"] = map[string]any{"source": sourceSchema(), "secretRef": secretRefSchema()}
	data, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic("answers: " + err.Error()) // plain maps made here; a test covers it
	}
	return append(data, '\n')
}

func schemaOf(t reflect.Type, key string) map[string]any {
	s := typeSchema(t, key)
	if f, ok := FieldByKey(key); ok {
		f.addToSchema(s)
	}
	return s
}

func typeSchema(t reflect.Type, key string) map[string]any {
	switch t {
	case reflect.TypeFor[Source]():
		return map[string]any{"$ref": "#/$defs/source"}
	case reflect.TypeFor[SecretRef]():
		return map[string]any{"$ref": "#/$defs/secretRef"}
	case reflect.TypeFor[Host]():
		return map[string]any{"oneOf": []any{map[string]any{"type": "string"},
			object(map[string]any{"nipIO": map[string]any{"const": true}}, "nipIO")}}
	}
	switch t.Kind() {
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Int:
		return map[string]any{"type": "integer", "minimum": 1}
	case reflect.Pointer:
		if t.Elem().Kind() == reflect.Bool {
			return schemaOf(t.Elem(), key)
		}
		return map[string]any{"type": "integer", "minimum": 0}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem(), "")}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": elementSchema(t.Elem())}
	case reflect.Struct:
		properties := map[string]any{}
		for i := range t.NumField() {
			name := yamlName(t.Field(i))
			properties[name] = schemaOf(t.Field(i).Type, join(key, name))
		}
		return object(properties)
	}
	return map[string]any{}
}

// elementSchema describes the values of a free-form mapping, where numbers and
// booleans are accepted as strings.
func elementSchema(t reflect.Type) any {
	switch t.Kind() {
	case reflect.String:
		return map[string]any{"type": []string{"string", "number", "boolean"}}
	case reflect.Interface:
		return true
	}
	return schemaOf(t, "")
}

func object(properties map[string]any, required ...string) map[string]any {
	s := map[string]any{"type": "object", "additionalProperties": false, "properties": properties}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

func (f Field) addToSchema(s map[string]any) {
	s["title"] = f.Title
	text := f.Help
	if f.Why != "" {
		text += " " + f.Why
	}
	if f.AppliesText != "" {
		text += " Applies when " + f.AppliesText + "."
	}
	s["description"] = text
	if f.Kind == Choice {
		s["enum"] = append(f.Values(), "")
	}
	if f.Default != "" {
		s["default"] = typedDefault(f)
	}
}

func typedDefault(f Field) any {
	if n, err := strconv.Atoi(f.Default); err == nil && f.Kind == Integer {
		return n
	}
	return f.Default
}

func sourceSchema() map[string]any {
	text := func(description string) map[string]any {
		return map[string]any{"type": "string", "minLength": 1, "description": description}
	}
	return map[string]any{"oneOf": []any{
		object(map[string]any{"env": text("An environment variable of the installer.")}, "env"),
		object(map[string]any{"file": text("A file, relative to the answers file.")}, "file"),
		object(map[string]any{"secretRef": map[string]any{"$ref": "#/$defs/secretRef"}}, "secretRef"),
		object(map[string]any{"generate": map[string]any{"const": true,
			"description": "A random key that the installer generates once."}}, "generate"),
		object(map[string]any{"value": text("The content itself.")}, "value"),
	}}
}

func secretRefSchema() map[string]any {
	return object(map[string]any{
		"name": map[string]any{"type": "string", "description": "A Secret in the server's namespace."},
		"key":  map[string]any{"type": "string", "description": "A key of the Secret."},
	}, "name", "key")
}
