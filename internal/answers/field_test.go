package answers

import (
	"reflect"
	"testing"
)

// leaves lists the keys of the model.
func leaves(t reflect.Type, key string) []string {
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[Source]() || t == reflect.TypeFor[Host]() {
		return []string{key}
	}
	var keys []string
	for i := range t.NumField() {
		keys = append(keys, leaves(t.Field(i).Type, join(key, yamlName(t.Field(i))))...)
	}
	return keys
}

func TestFieldsMatchModel(t *testing.T) {
	count := map[string]int{}
	for _, f := range Fields {
		count[f.Key]++
		if f.Title == "" || f.Help == "" {
			t.Errorf("%s has no title or help", f.Key)
		}
		if f.Kind == Choice && len(f.Options) == 0 {
			t.Errorf("%s offers no options", f.Key)
		}
		if (f.When == nil) != (f.AppliesText == "") {
			t.Errorf("%s: When and AppliesText must be set together", f.Key)
		}
	}
	for _, key := range leaves(reflect.TypeFor[Answers](), "") {
		if key == "version" {
			continue
		}
		if count[key] != 1 {
			t.Errorf("%s has %d fields", key, count[key])
		}
		delete(count, key)
	}
	for key := range count {
		t.Errorf("field %s is not in the model", key)
	}
}
