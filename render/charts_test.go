package render

import (
	"encoding/pem"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	helmchart "helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/releaseutil"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/chart"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// generations are the stand-in charts, one per generation.
var generations = []string{"current", "legacy"}

// standIn is a stand-in chart that has been loaded.
type standIn struct {
	Info chart.Info
	helm *helmchart.Chart
}

var (
	loadedMu sync.Mutex
	loaded   = map[string]standIn{}
)

// load loads a stand-in chart, once.
func load(t testing.TB, generation string) standIn {
	t.Helper()
	loadedMu.Lock()
	defer loadedMu.Unlock()
	if c, ok := loaded[generation]; ok {
		return c
	}
	c, err := loader.LoadDir(filepath.Join("..", "sandbox", "charts", generation))
	if err != nil {
		t.Fatal(err)
	}
	loaded[generation] = wrapChart(c)
	return loaded[generation]
}

func wrapChart(c *helmchart.Chart) standIn {
	s := standIn{helm: c, Info: chart.Info{Name: c.Name(), Version: c.Metadata.Version, AppVersion: c.AppVersion()}}
	for _, f := range c.Raw {
		if f.Name == chartutil.ValuesfileName {
			s.Info.Defaults = f.Data
		}
	}
	return s
}

// render renders values as `helm template` would.
func (s standIn) render(a answers.Answers, values map[string]any) ([]manifest.Object, error) {
	a = a.Complete()
	options := chartutil.ReleaseOptions{Name: a.Cluster.Release, Namespace: a.Cluster.Namespace, Revision: 1, IsInstall: true}
	full, err := chartutil.ToRenderValues(s.helm, values, options, chartutil.DefaultCapabilities.Copy())
	if err != nil {
		return nil, err
	}
	files, err := engine.Render(s.helm, full)
	if err != nil {
		return nil, err
	}
	for name := range files {
		if strings.HasSuffix(name, "NOTES.txt") {
			delete(files, name)
		}
	}
	hooks, manifests, err := releaseutil.SortManifests(files, nil, releaseutil.InstallOrder)
	if err != nil {
		return nil, err
	}
	var stream strings.Builder
	for _, h := range hooks {
		stream.WriteString("---\n" + h.Manifest + "\n")
	}
	for _, m := range manifests {
		stream.WriteString("---\n" + m.Content + "\n")
	}
	return manifest.Parse([]byte(stream.String()))
}

func parse(t testing.TB, file string) answers.Answers {
	t.Helper()
	f, err := answers.Parse("test.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return f.Answers
}

// draw writes the values for answers on a chart, renders them and proves them.
func drawOn(t testing.TB, s standIn, a answers.Answers) (Document, answers.Faults) {
	t.Helper()
	doc, err := Values(a, s.Info, settings(a))
	if err != nil {
		t.Fatal(err)
	}
	objects, err := s.render(a, doc.Map)
	if err != nil {
		t.Fatalf("the chart does not render:\n%v\n%s", err, doc.Bytes)
	}
	return doc, Prove(a, s.Info, doc, objects)
}

func draw(t testing.TB, generation string, a answers.Answers) (Document, answers.Faults) {
	t.Helper()
	return drawOn(t, load(t, generation), a)
}

// local stands for the user's machine: every environment variable and file of
// the tests' answers holds a canary that says where it came from.
var local = answers.Local{
	Getenv: func(name string) (string, bool) {
		if name == "ADMIN_PASSWORD" {
			return "Canary-1!" + name, true
		}
		return "canary-" + name, !strings.HasPrefix(name, "UNSET")
	},
	ReadFile: func(path string) ([]byte, error) {
		switch {
		case strings.Contains(path, "missing"):
			return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
		case strings.HasSuffix(path, ".json"):
			return fmt.Appendf(nil, "{\"canary\": %q}\n", filepath.Base(path)), nil
		case strings.HasSuffix(path, "-ca.pem"):
			return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("canary-" + filepath.Base(path))}), nil
		}
		return fmt.Appendf(nil, "canary-%s\n", filepath.Base(path)), nil
	},
}

// settings is what the tests make values from: the same on every run.
func settings(a answers.Answers) Settings {
	keys := Generate(a, nil)
	for key := range keys {
		keys[key] = secret.New(strings.Repeat("0123456789abcdef", 4))
	}
	return Settings{Local: local, Keys: keys, Address: "192.0.2.7"}
}
