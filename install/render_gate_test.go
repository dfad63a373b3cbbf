package install

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	helmchart "helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"

	"github.com/zenml-installer/zenml-installer/render/chart"
)

// endless is a template that takes very long where it can read the cluster.
const endless = `{{ if lookup "v1" "Namespace" "" "default" }}
{{- range until 30000 }}{{ range until 30000 }}{{ end }}{{ end }}
{{- end }}`

// withTemplate returns the stand-in chart with one more template.
func (b *bench) withTemplate(text string) *chart.Chart {
	b.t.Helper()
	folder := b.t.TempDir()
	err := b.chart("current").WithHelm(func(c *helmchart.Chart) error { return chartutil.SaveDir(c, folder) })
	if err != nil {
		b.t.Fatal(err)
	}
	path := filepath.Join(folder, "zenml")
	if err := os.WriteFile(filepath.Join(path, "templates", "endless.yaml"), []byte(text), 0o600); err != nil {
		b.t.Fatal(err)
	}
	c, err := chart.Load(b.t.Context(), chart.Source{Ref: path})
	if err != nil {
		b.t.Fatal(err)
	}
	return c
}

// A template that never ends only where it can read the cluster does not stop the
// run from ending, and nothing is installed.
func TestEndlessTemplateEndsWithItsContext(t *testing.T) {
	b := newBench(t)
	plan := b.sqlite("current")
	plan.Chart = b.withTemplate(endless)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	begin := time.Now()
	_, err := b.engine.Apply(ctx, plan, record(t).observe)
	if err == nil || time.Since(begin) > 15*time.Second {
		t.Errorf("it took %s: %v", time.Since(begin), err)
	}
	release, err := b.engine.Release(t.Context(), b.namespace, releaseName)
	if err != nil || release != nil {
		t.Errorf("%+v %v", release, err)
	}
}

func TestRenderGate(t *testing.T) {
	never := make(chan error)
	late := &renderGate{}
	err := late.wait(t.Context(), never, time.Millisecond)
	if !errors.Is(err, errRenderTime) || !strings.Contains(err.Error(), "was not rendered within 1ms") {
		t.Errorf("got %v", err)
	}
	if _, err := late.Run(&bytes.Buffer{}); err == nil {
		t.Error("an abandoned run goes on")
	}
	gate, done := &renderGate{}, make(chan error, 1)
	manifests := bytes.NewBufferString("kind: Pod")
	if out, err := gate.Run(manifests); err != nil || out.String() != "kind: Pod" {
		t.Errorf("%v %v", out, err)
	}
	boom := errors.New("boom")
	time.AfterFunc(20*time.Millisecond, func() { done <- boom })
	if err := gate.wait(t.Context(), done, time.Millisecond); !errors.Is(err, boom) {
		t.Errorf("Helm was abandoned after it had rendered: %v", err)
	}
}
