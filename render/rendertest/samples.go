package rendertest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// Samples returns the sample answers by name.
func Samples(t testing.TB) map[string]answers.Answers {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "testdata", "answers", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	all := map[string]answers.Answers{}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(name), ".yaml")] = Parse(t, string(data))
	}
	return all
}
