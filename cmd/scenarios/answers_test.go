package scenarios_test

import (
	"os"
	"path/filepath"
	"testing"

	"sigs.k8s.io/yaml"
)

const samples = "../../render/testdata/answers"

// answersFile reads a sample and merges YAML overlays into it. A null removes
// an answer.
func answersFile(t *testing.T, sample string, overlays ...string) []byte {
	t.Helper()
	text := []byte("version: 1")
	if sample != "" {
		var err error
		if text, err = os.ReadFile(filepath.Join(samples, sample)); err != nil {
			t.Fatal(err)
		}
	}
	all := parse(t, string(text))
	for _, overlay := range overlays {
		merge(all, parse(t, overlay))
	}
	merged, err := yaml.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return merged
}

func parse(t *testing.T, text string) map[string]any {
	t.Helper()
	parsed := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &parsed); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return parsed
}

func merge(into, from map[string]any) {
	for key, value := range from {
		inner, isMap := value.(map[string]any)
		old, wasMap := into[key].(map[string]any)
		switch {
		case value == nil:
			delete(into, key)
		case isMap && wasMap:
			merge(old, inner)
		case isMap:
			fresh := map[string]any{}
			merge(fresh, inner)
			into[key] = fresh
		default:
			into[key] = value
		}
	}
}
