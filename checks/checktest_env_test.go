package checks

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/chart"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/render"
)

func onVolume(a *answers.Answers) {
	a.Database = answers.Database{Type: answers.SQLiteDatabase, SQLite: answers.SQLite{Persistent: true, Size: "1Gi"}}
}

// withCluster returns the environment of an install of the stand-in chart into
// a namespace of the sandbox, as change has the answers.
func withCluster(t *testing.T, access *kube.Access, namespace string, change ...func(*answers.Answers)) *Env {
	t.Helper()
	a := answers.Answers{Database: answers.Database{Type: answers.SQLiteDatabase}}
	a.Cluster.Namespace = namespace
	for _, c := range change {
		c(&a)
	}
	e := &Env{Answers: a.Complete(), Cluster: access, Local: answers.Local{Getenv: os.LookupEnv, ReadFile: os.ReadFile}}
	withChart(e, "../sandbox/charts/current")
	return e
}

// withChart lets the environment render a chart as the program does.
func withChart(e *Env, ref string) {
	load := func(ctx context.Context) (*install.Chart, error) {
		return install.LoadChart(ctx, install.Source{Ref: ref, Version: e.Answers.Chart.Version})
	}
	e.Chart = func(ctx context.Context) (chart.Info, error) {
		c, err := load(ctx)
		if err != nil {
			return chart.Info{}, err
		}
		return c.Info, nil
	}
	e.Rendered = func(ctx context.Context) (Rendered, error) {
		c, err := load(ctx)
		if err != nil {
			return Rendered{}, err
		}
		return renderAll(e.Answers, e.Local, c)
	}
}

func renderAll(a answers.Answers, local answers.Local, c *install.Chart) (Rendered, error) {
	settings := render.Settings{Local: local, Keys: render.Generate(a, nil)}
	document, err := render.Values(a, c.Info, settings)
	if err != nil {
		return Rendered{}, err
	}
	rendered, err := c.Render(install.RenderRequest{Release: a.Cluster.Release, Namespace: a.Cluster.Namespace, Values: document.Map})
	if err != nil {
		return Rendered{}, err
	}
	r := Rendered{Objects: rendered.Objects}
	r.Secrets, err = render.Secrets(a, c.Info, settings)
	if !errors.As(err, &r.Findings) && err != nil {
		return Rendered{}, err
	}
	for _, f := range render.Prove(a, c.Info, document, rendered.Objects) {
		if f.Check == render.CheckValues {
			r.Unknown = append(r.Unknown, f)
		} else {
			r.Findings = append(r.Findings, f)
		}
	}
	return r, nil
}

// look runs some checks, and those that they need.
func look(t *testing.T, e *Env, only ...string) Report {
	t.Helper()
	report, err := run(t.Context(), Table, e, Options{Only: only}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
