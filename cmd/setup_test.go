package cmd

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
	"github.com/zenml-installer/zenml-installer/render/chart"
)

// TestDeployedChart uses the chart of a release if the default chart cannot be pulled, also
// without its comments, and says so.
func TestDeployedChart(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	path := filepath.Join(p.dir, "custom-values.yaml")
	args := append([]string{"install", "--yes", "-n", namespace, "--output", path, "--answer", "database.type=sqlite",
		"--skip", "cluster.admission"}, chartFlags(c, "current")...)
	p.runs(append(args, "--answer", "server.requestTimeout=97")...).want(t, exitDone)

	t.Run("import", func(t *testing.T) {
		r := p.runs("answers", "init", "--from-release", "-n", namespace).want(t, exitDone)
		if !strings.Contains(r.out, "requestTimeout: 97") || r.err != "" {
			t.Errorf("imported:\n%s%s", r.out, r.err)
		}
	})
	t.Run("diagnose", func(t *testing.T) {
		r := p.runs("diagnose", "-n", namespace, "-o", "json").want(t, exitDone)
		if !strings.Contains(r.out, `zenml `+c.Charts["current"].Version) || strings.Contains(r.out, "cannot be loaded") {
			t.Errorf("collected:\n%s", r.out)
		}
	})
	t.Run("upgrade", func(t *testing.T) { testDeployedChartUpgrade(t, p, namespace) })
	t.Run("own values file", func(t *testing.T) { testUnattendedAgain(t, p, path, args) })
}

// testDeployedChartUpgrade prepares an upgrade without access to the default chart.
func testDeployedChartUpgrade(t *testing.T, p *place, namespace string) {
	for name, c := range map[string]struct {
		chart  answers.Chart
		reason chart.Reason
		used   bool
	}{
		"unreachable":     {answers.Chart{}, chart.ReasonUnreachable, true},
		"access denied":   {answers.Chart{}, chart.ReasonUnauthorized, true},
		"damaged":         {answers.Chart{}, chart.ReasonCorrupt, false},
		"another version": {answers.Chart{Version: "0.1.0"}, chart.ReasonUnreachable, false},
		"chosen chart":    {answers.Chart{Ref: "oci://registry.example.com/zenml"}, chart.ReasonUnreachable, false},
	} {
		t.Run(name, func(t *testing.T) {
			var common common
			common.kube = noFlags()
			*common.kube.KubeConfig, *common.kube.Namespace = p.env["KUBECONFIG"], namespace
			file := answers.File{Answers: answers.Answers{Version: answers.Version, Chart: c.chart}}
			if err := common.overlay(&file.Answers); err != nil {
				t.Fatal(err)
			}
			file.Answers.Database.Type = "sqlite"
			failed := &chart.SourceError{Ref: "oci://default", Reason: c.reason}
			u := newSetup(Streams{}, common, file, func(context.Context, chart.Source) (*chart.Chart, error) {
				return nil, failed
			}).orDeployed()
			prepared, err := u.prepareTentative(t.Context())
			if !c.used {
				if !errors.Is(err, failed) {
					t.Errorf("got %v, want %v", err, failed)
				}
				return
			}
			if err != nil || len(prepared.objects) == 0 {
				t.Fatalf("%v, %+v", err, prepared)
			}
			if said := prepared.chart.Info.Instead; !strings.Contains(said, "which Helm keeps with release zenml-server") {
				t.Errorf("said %q", said)
			}
		})
	}
}

// testUnattendedAgain replaces the values file of the previous install, but not an edited
// one.
func testUnattendedAgain(t *testing.T, p *place, path string, args []string) {
	p.runs(append(args, "--answer", "server.requestTimeout=98")...).want(t, exitDone, "Wrote "+path)
	content, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(content), "requestTimeout: 98") {
		t.Fatalf("values: %s %v", content, err)
	}
	p.file(filepath.Base(path), strings.Replace(string(content), "Timeout: 98", "Timeout: 96", 1))
	p.runs(append(args, "--answer", "server.requestTimeout=98")...).want(t, exitUsage, path, "--force",
		"server.requestTimeout: 96 -> 98")
}

// TestImportWithoutChart imports a values file without access to the default chart, and
// says what that means.
func TestImportWithoutChart(t *testing.T) {
	for ref, imports := range map[string]bool{"": true, "oci://registry.example.com/zenml": false} {
		var said strings.Builder
		o := &answersInitOptions{streams: Streams{Err: &said}}
		failed := &chart.SourceError{Ref: "oci://default", Reason: chart.ReasonUnreachable}
		file := answers.File{Answers: answers.Answers{Version: answers.Version, Chart: answers.Chart{Ref: ref}}}
		c := common{kube: noFlags()}
		_, err := o.chartInfo(t.Context(), newSetup(Streams{}, c, file,
			func(context.Context, chart.Source) (*chart.Chart, error) { return nil, failed }))
		if imports != (err == nil) || imports != strings.Contains(said.String(), "Specify the chart with --chart") {
			t.Errorf("chart %q: %v\n%s", ref, err, said.String())
		}
	}
}
