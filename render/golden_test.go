package render

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

var update = flag.Bool("update", false, "write the golden files anew")

// standInLacks are the claims that hold for the published chart while the
// stand-in renders nothing of them: the proof must say exactly that.
var standInLacks = map[string]string{
	"current/telemetry-off": "OTEL_LOGS_ENABLED",
}

// golden compares what was written with a file, or writes the file.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	usedGoldens.Store(path, true)
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s differs (go test ./render -update writes it anew):\n%s", path, cmp.Diff(string(want), string(got)))
	}
}

// usedGoldens are the golden files that a test has asked for.
var usedGoldens sync.Map

// noneLeftOver fails for golden files in a folder that no test asks for.
func noneLeftOver(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "golden", dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		if _, ok := usedGoldens.Load(path); !ok {
			t.Errorf("%s is left over: remove it", path)
		}
	}
}

// Every sample is written as its golden file says, renders, and is proved; or
// it is refused with the reason that stands in its golden file.
func TestSamples(t *testing.T) {
	proved, refused := 0, 0
	for name, a := range samples(t) {
		for _, generation := range generations {
			t.Run(generation+"/"+name, func(t *testing.T) {
				if sampleOn(t, generation, name, a) {
					proved++
				} else {
					refused++
				}
			})
		}
	}
	for _, generation := range generations {
		noneLeftOver(t, generation)
	}
	t.Logf("%d samples proved, %d refused by a chart that cannot honour them", proved, refused)
}

func sampleOn(t *testing.T, generation, name string, a answers.Answers) (proved bool) {
	c := load(t, generation)
	doc, err := Values(a, c.Info, settings(a))
	var faults answers.Faults
	if errors.As(err, &faults) && generation == "legacy" {
		golden(t, filepath.Join(generation, name+".refused.txt"), []byte(faults.Error()+"\n"))
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	golden(t, filepath.Join(generation, name+".yaml"), doc.Bytes)
	objects, err := c.render(a, doc.Map)
	if err != nil {
		t.Fatalf("the chart does not render:\n%v", err)
	}
	faults = Prove(a, c.Info, doc, objects)
	if lack := standInLacks[generation+"/"+name]; lack != "" {
		if len(faults) != 1 || !strings.Contains(faults.Error(), lack) {
			t.Errorf("the proof should notice %s alone:\n%v", lack, faults)
		}
		return true
	}
	if len(faults) > 0 {
		t.Errorf("not proved:\n%v", faults)
	}
	return true
}
