package secrets

import (
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/checks/report"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

func TestMain(m *testing.M) { checktest.Main(m, Checks) }

// withStore returns an install with a secrets store. The checks see only these variables
// of the environment.
func withStore(store answers.SecretsStore, variables map[string]string, change ...func(*answers.Answers)) *check.Env {
	a := answers.Answers{Database: answers.Database{Type: answers.SQLiteDatabase}, SecretsStore: store}
	for _, c := range change {
		c(&a)
	}
	getenv := func(name string) (string, bool) { v, ok := variables[name]; return v, ok }
	return &check.Env{Answers: a.Complete(), Local: answers.Local{Getenv: getenv, ReadFile: os.ReadFile}}
}

// runChecks runs the checks of the secrets store and fails if the report contains a secret.
func runChecks(t *testing.T, e *check.Env, o check.Options, redacted ...string) check.Report {
	t.Helper()
	o.Only = []string{"secrets"}
	found, err := check.Run(t.Context(), Checks, e, o, nil)
	checktest.Must(t, err)
	var out strings.Builder
	checktest.Must(t, report.JSON(&out, found))
	checktest.Must(t, report.Text(&out, found, report.Options{}))
	for _, text := range append(redacted, checktest.Canary) {
		if strings.Contains(out.String(), text) {
			t.Errorf("%s shows in the report:\n%s", text, out.String())
		}
	}
	return found
}

// forward forwards a request to another server after a change.
func forward(t *testing.T, w http.ResponseWriter, r *http.Request, address string, change func(*http.Request)) {
	to, err := url.Parse(address)
	if err != nil {
		t.Error(err)
		return
	}
	proxy := httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(to)
		change(p.Out)
	}}
	proxy.ServeHTTP(w, r)
}
