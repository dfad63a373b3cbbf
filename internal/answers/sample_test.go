package answers

import (
	"os"
	"path/filepath"
	"testing"
)

// samplesDir contains the sample answers, one per scenario.
const samplesDir = "../../render/testdata/answers"

func TestSamplesParse(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(samplesDir, "*.yaml"))
	if err != nil || len(files) < 40 {
		t.Fatalf("samples: %d, %v", len(files), err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(name, data); err != nil {
			t.Errorf("%s:\n%v", filepath.Base(name), err)
		}
	}
}
