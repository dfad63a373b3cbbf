// Package checktest contains helpers for the tests of the checks: environments
// of an install into the sandbox, and assertions about reports.
package checktest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
	"github.com/zenml-installer/zenml-installer/render/chart"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// OnVolume stores the SQLite database on a volume.
func OnVolume(a *answers.Answers) {
	a.Database = answers.Database{Type: answers.SQLiteDatabase, SQLite: answers.SQLite{Persistent: new(true), Size: "1Gi"}}
}

// WithCluster returns the environment of an install of the stand-in chart into a
// namespace of the sandbox, with changed answers.
func WithCluster(t *testing.T, access *kube.Access, namespace string, change ...func(*answers.Answers)) *check.Env {
	t.Helper()
	a := answers.Answers{Database: answers.Database{Type: answers.SQLiteDatabase}}
	a.Cluster.Namespace = namespace
	for _, c := range change {
		c(&a)
	}
	e := &check.Env{
		Answers: a.Complete(),
		Cluster: access,
		Local:   answers.Local{Getenv: os.LookupEnv, ReadFile: os.ReadFile},
	}
	WithChart(e, Chart(t))
	return e
}

// WithChart makes the environment render a chart like the program.
func WithChart(e *check.Env, ref string) {
	load := func(ctx context.Context) (*chart.Chart, error) {
		return chart.Load(ctx, chart.Source{Ref: ref, Version: e.Answers.Chart.Version})
	}
	e.Chart = func(ctx context.Context) (chartinfo.Info, error) {
		c, err := load(ctx)
		if err != nil {
			return chartinfo.Info{}, chart.WithRemedy(err)
		}
		return c.Info, nil
	}
	e.Rendered = func(ctx context.Context) (check.Rendered, error) {
		c, err := load(ctx)
		if err != nil {
			return check.Rendered{}, err
		}
		return renderAll(ctx, e.Answers, e.Local, c)
	}
}

func renderAll(ctx context.Context, a answers.Answers, local answers.Local, c *chart.Chart) (check.Rendered, error) {
	settings := values.Settings{Local: local, Keys: values.GenerateKeys(a, nil)}
	document, err := values.Build(a, c.Info, settings)
	if err != nil {
		return check.Rendered{}, err
	}
	rendered, err := c.Render(
		ctx,
		chart.RenderRequest{Release: a.Cluster.Release, Namespace: a.Cluster.Namespace, Values: document.Map})
	if err != nil {
		return check.Rendered{}, err
	}
	r := check.Rendered{Objects: rendered.Objects}
	r.Secrets, err = values.Secrets(a, c.Info, settings)
	if !errors.As(err, &r.Findings) && err != nil {
		return check.Rendered{}, err
	}
	for _, f := range values.Prove(a, c.Info, document, rendered.Objects) {
		if f.Check == values.CheckValues {
			r.Unknown = append(r.Unknown, f)
		} else {
			r.Findings = append(r.Findings, f)
		}
	}
	return r, nil
}

// Look runs some checks of a table and the checks that they need.
func Look(t *testing.T, table []check.Check, e *check.Env, only ...string) check.Report {
	t.Helper()
	report, err := check.Run(t.Context(), table, e, check.Options{Only: only}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// Must ends the test when err is not nil.
func Must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Chart returns the folder of the stand-in chart.
func Chart(t *testing.T) string { return filepath.Join(Root(t), "sandbox", "charts", "current") }

// Root returns the folder of the repository.
func Root(t *testing.T) string {
	t.Helper()
	root, err := testcluster.Root()
	Must(t, err)
	return root
}
