package supply

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

func TestChartThatServes(t *testing.T) {
	report := look(t, checktest.WithCluster(t, nil, "zenml"), "supply.chart", "supply.values", "supply.effect")
	for _, id := range []string{"chart", "render", "values", "effect"} {
		checktest.Expect(t, report, "supply."+id, check.Pass)
	}
}

func TestChartFaults(t *testing.T) {
	t.Setenv("DOCKER_CONFIG", filepath.Dir(write(t, "config.json", `{"credsStore": "no-such-helper"}`)))
	private := newRegistry(t, &authn.AuthConfig{Username: "puller", Password: checktest.Canary})
	intercepted := httptest.NewTLSServer(http.NotFoundHandler())
	intercepted.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(intercepted.Close)
	for name, c := range map[string]struct{ ref, say, remedy string }{
		"no folder":  {filepath.Join(t.TempDir(), "none"), "none", "check chart.ref"},
		"refused":    {"oci://" + checktest.ClosedAddress(t) + "/zenml", "refused", "the proxy (HTTPS_PROXY, NO_PROXY)"},
		"not ZenML":  {foreignChart(t), "is not a ZenML server chart", "use ZenML's chart"},
		"no archive": {write(t, "chart.tgz", "rubbish"), "chart.tgz", "set chart.ref to a folder with a Chart.yaml"},
		"no helper": {"oci://" + private.address + "/zenml:1.0.0", "docker-credential-no-such-helper does not work",
			"install docker-credential-no-such-helper, or remove it from "},
		"intercepted TLS": {"oci://" + strings.TrimPrefix(intercepted.URL, "https://") + "/zenml:1.0.0",
			"its certificate is not trusted", "add the registry's CA"},
	} {
		t.Run(name, func(t *testing.T) {
			e := checktest.WithCluster(t, nil, "zenml")
			checktest.WithChart(e, c.ref)
			report := look(t, e, "supply")
			checktest.Expect(t, report, "supply.chart", check.Failed, c.say, c.remedy)
			checktest.Expect(t, report, "supply.values", check.Skipped, "needs supply.render")
		})
	}
}

func TestChartUnknownVersion(t *testing.T) {
	c := testcluster.Start(t)
	e := checktest.WithCluster(t, nil, "zenml")
	checktest.WithChart(e, c.Charts["current"].Ref)
	checktest.Expect(t, look(t, e, "supply.chart"), "supply.chart", check.Pass)
	e.Answers.Chart.Version = "0.1.2"
	checktest.Expect(t, look(t, e, "supply.chart"), "supply.chart", check.Failed, "0.1.2", c.Charts["current"].Version)
}

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	checktest.Must(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func foreignChart(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "wordpress")
	checktest.Must(t, os.Mkdir(dir, 0o700))
	checktest.Must(t,
		os.WriteFile(filepath.Join(dir, "Chart.yaml"), []byte("apiVersion: v2\nname: wordpress\nversion: 1.0.0\n"), 0o600))
	checktest.Must(t, os.WriteFile(filepath.Join(dir, "values.yaml"), []byte("replicas: 1\n"), 0o600))
	return dir
}

func TestValuesUnknown(t *testing.T) {
	e := checktest.WithCluster(t, nil, "zenml", func(a *answers.Answers) {
		a.Values = map[string]any{
			"zenml":  map[string]any{"replicaCount": 2},
			"server": map[string]any{"replicaCuont": 2},
		}
	})
	report := look(t, e, "supply.values", "supply.effect")
	checktest.Expect(t, report, "supply.values", check.Failed, "server.replicaCuont", "zenml")
	checktest.Expect(t, report, "supply.render", check.Pass)
}

func TestValuesInvalid(t *testing.T) {
	e := checktest.WithCluster(t, nil, "zenml", func(a *answers.Answers) {
		a.Values = map[string]any{"server": map[string]any{"gateway": map[string]any{"enabled": true}}}
	})
	report := look(t, e, "supply")
	checktest.Expect(t, report, "supply.render", check.Failed, "gateway")
	checktest.Expect(t, report, "supply.effect", check.Skipped, "needs supply.render")
}

// TestAnswersWithoutEffect renders a chart without its migration job.
func TestAnswersWithoutEffect(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "zenml")
	checktest.Must(t, os.CopyFS(dir, os.DirFS(checktest.Chart(t))))
	checktest.Must(t, os.Remove(filepath.Join(dir, "templates", "server-db-job.yaml")))
	e := checktest.WithCluster(t, nil, "zenml", func(a *answers.Answers) {
		a.Database = answers.Database{
			Type: answers.MySQLDatabase,
			MySQL: answers.MySQL{
				Host:     "db.example.com",
				Name:     "zenml",
				User:     "zenml",
				Password: checktest.Plain(checktest.Canary),
			},
		}
	})
	checktest.WithChart(e, dir)
	checktest.Expect(t, look(t, e, "supply.effect"), "supply.effect", check.Failed, "database")
}
