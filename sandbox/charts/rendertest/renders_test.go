package rendertest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRenders holds both charts against samples of what the published chart renders, where such a
// folder is at hand: NAME.values.yaml beside NAME.objects.yaml or NAME.error.txt, by generation.
func TestRenders(t *testing.T) {
	folder := rendersFolder()
	if folder == "" {
		t.Skip("no samples of the published chart here: set ZENML_RENDERS to their folder")
	}
	for _, generation := range generations {
		samples, err := filepath.Glob(filepath.Join(folder, generation, "*.values.yaml"))
		if err != nil || len(samples) == 0 {
			t.Fatalf("no samples in %s/%s: %v", folder, generation, err)
		}
		for _, sample := range samples {
			base := strings.TrimSuffix(sample, ".values.yaml")
			t.Run(generation+"/"+filepath.Base(base), func(t *testing.T) { compareSample(t, generation, base) })
		}
	}
}

// rendersFolder is ZENML_RENDERS, or a folder shared/renders beside the checkout or above it.
func rendersFolder() string {
	if folder := os.Getenv("ZENML_RENDERS"); folder != "" {
		return folder
	}
	here, err := os.Getwd()
	for err == nil && here != filepath.Dir(here) {
		here = filepath.Dir(here)
		folder := filepath.Join(here, "shared", "renders")
		if info, statErr := os.Stat(folder); statErr == nil && info.IsDir() {
			return folder
		}
	}
	return ""
}

func compareSample(t *testing.T, generation, base string) {
	objects, err := render(t, generation, read(t, base+".values.yaml"))
	if wantError, readErr := os.ReadFile(base + ".error.txt"); readErr == nil {
		if err == nil {
			t.Fatalf("rendered, but the published chart fails with %s", wantError)
		}
		if diff := cmp.Diff(essence(string(wantError)), essence(err.Error())); diff != "" {
			t.Errorf("error differs (-published +ours):\n%s", diff)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	want, err := parse(read(t, base+".objects.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(normalise(want), normalise(objects)); diff != "" {
		t.Errorf("objects differ (-published +ours):\n%s", diff)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

var (
	position = regexp.MustCompile(`:\d+:\d+`)
	version  = regexp.MustCompile(`\b0\.\d+\.\d+\b`)
	digest   = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// essence is an error without the CLI's words around it and without line and column.
func essence(text string) string {
	text = strings.TrimPrefix(text, "Error: ")
	text, _, _ = strings.Cut(text, "\n")
	return position.ReplaceAllString(text, "")
}

// randomKeys are the keys of Secrets whose values are new at every rendering.
var randomKeys = map[string]bool{"ZENML_SERVER_JWT_SECRET_KEY": true, "ca.crt": true, "tls.crt": true, "tls.key": true}

// normalise takes random values, checksums, chart versions and shell comments out of objects, and
// indexes them by kind and name so that a difference names its object.
func normalise(objects []object) map[string]any {
	byKey := map[string]any{}
	for _, o := range objects {
		if data, ok := o["data"].(map[string]any); ok && o["kind"] == "Secret" {
			for key := range data {
				if randomKeys[key] {
					data[key] = "<random>"
				}
			}
		}
		byKey[o.key()] = normaliseValue("", map[string]any(o))
	}
	return byKey
}

func normaliseValue(key string, value any) any {
	switch v := value.(type) {
	case map[string]any:
		for k, inner := range v {
			v[k] = normaliseValue(k, inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = normaliseValue(key, inner)
		}
	case string:
		return normaliseText(key, v)
	}
	return value
}

func normaliseText(key, text string) string {
	switch key {
	case "app.kubernetes.io/version", "helm.sh/chart", "image":
		return version.ReplaceAllString(text, "<version>")
	case "args":
		return withoutShellComments(text)
	}
	if digest.MatchString(text) {
		return "<sha256>"
	}
	return text
}

func withoutShellComments(script string) string {
	var kept []string
	for _, line := range strings.Split(script, "\n") {
		if !strings.HasPrefix(strings.TrimSpace(line), "#") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}
