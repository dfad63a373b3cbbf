package rendertest

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
	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// Generations are the names of the stand-in charts.
var Generations = []string{"current", "legacy"}

// StandIn is a loaded stand-in chart.
type StandIn struct {
	Info chartinfo.Info
	Helm *helmchart.Chart
}

var (
	loadedMu sync.Mutex
	loaded   = map[string]StandIn{}
)

// Load loads a stand-in chart once.
func Load(t testing.TB, generation string) StandIn {
	t.Helper()
	loadedMu.Lock()
	defer loadedMu.Unlock()
	if c, ok := loaded[generation]; ok {
		return c
	}
	c, err := loader.LoadDir(filepath.Join("..", "..", "sandbox", "charts", generation))
	if err != nil {
		t.Fatal(err)
	}
	loaded[generation] = wrapChart(c)
	return loaded[generation]
}

func wrapChart(c *helmchart.Chart) StandIn {
	s := StandIn{Helm: c, Info: chartinfo.Info{Name: c.Name(), Version: c.Metadata.Version, AppVersion: c.AppVersion()}}
	for _, f := range c.Raw {
		if f.Name == chartutil.ValuesfileName {
			s.Info.Defaults = f.Data
		}
	}
	return s
}

// Render renders values as `helm template` would.
func (s StandIn) Render(a answers.Answers, values map[string]any) ([]manifest.Object, error) {
	a = a.Complete()
	options := chartutil.ReleaseOptions{
		Name:      a.Cluster.Release,
		Namespace: a.Cluster.Namespace,
		Revision:  1,
		IsInstall: true,
	}
	full, err := chartutil.ToRenderValues(s.Helm, values, options, chartutil.DefaultCapabilities.Copy())
	if err != nil {
		return nil, err
	}
	files, err := engine.Render(s.Helm, full)
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

// Parse parses an answers file that must be valid.
func Parse(t testing.TB, file string) answers.Answers {
	t.Helper()
	f, err := answers.Parse("test.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return f.Answers
}

// Local fakes the user's machine: every environment variable and file of the
// tests' answers contains a canary with its name.
var Local = answers.Local{
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
			return pem.EncodeToMemory(
				&pem.Block{Type: "CERTIFICATE", Bytes: []byte("canary-" + filepath.Base(path))},
			), nil
		}
		return fmt.Appendf(nil, "canary-%s\n", filepath.Base(path)), nil
	},
}
