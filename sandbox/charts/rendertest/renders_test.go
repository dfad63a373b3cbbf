package rendertest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRenders compares both charts with samples of the published chart's
// output, if available: NAME.values.yaml with NAME.objects.yaml or
// NAME.error.txt, by generation.
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

// rendersFolder returns ZENML_RENDERS, or a folder shared/renders beside or
// above the checkout.
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
	if diff := cmp.Diff(normalize(want), normalize(objects)); diff != "" {
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

// essence strips the CLI's prefix, the line and the column from an error.
func essence(text string) string {
	text = strings.TrimPrefix(text, "Error: ")
	text, _, _ = strings.Cut(text, "\n")
	return position.ReplaceAllString(text, "")
}

// randomKeys are the keys of Secrets whose values are random.
var randomKeys = map[string]bool{"ZENML_SERVER_JWT_SECRET_KEY": true, "ca.crt": true, "tls.crt": true, "tls.key": true}

// normalize removes random values, checksums, chart versions and shell comments
// from objects, and indexes them by kind and name.
func normalize(objects []object) map[string]any {
	byKey := map[string]any{}
	for _, o := range objects {
		if data, ok := o["data"].(map[string]any); ok && o["kind"] == "Secret" {
			for key := range data {
				if randomKeys[key] {
					data[key] = "<random>"
				}
			}
		}
		byKey[o.key()] = normalizeValue("", map[string]any(o))
	}
	return byKey
}

func normalizeValue(key string, value any) any {
	switch v := value.(type) {
	case map[string]any:
		for k, inner := range v {
			v[k] = normalizeValue(k, inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = normalizeValue(key, inner)
		}
	case string:
		return normalizeText(key, v)
	}
	return value
}

func normalizeText(key, text string) string {
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
