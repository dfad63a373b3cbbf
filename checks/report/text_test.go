package report

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/display"
)

var update = flag.Bool("update", false, "update the golden files")

// sample returns a report with one result of each kind.
func sample() check.Report {
	at := func(id, claim, failure string, status check.Status, r check.Result) check.Result {
		r.Check, r.Status, r.Duration = check.Check{ID: id, Claim: claim, Failure: failure}, status, 12*time.Millisecond
		return r
	}
	return check.Report{Duration: 1873 * time.Millisecond, Results: []check.Result{
		at(
			"cluster.version",
			"the Kubernetes version is supported",
			"the Kubernetes version is not supported",
			check.Pass,
			check.Result{Message: "v1.36.3"},
		),
		at("cluster.clock", "the clocks of this machine and the cluster agree",
			"the clocks of this machine and the cluster differ", check.Skipped,
			check.Result{Message: "needs cluster.reachable"}),
		at(
			"database.version",
			"the database server is MySQL 8.0 or newer",
			"the database server is not MySQL 8.0 or newer",
			check.Warned,
			check.Result{Message: "this is “MariaDB” – not MySQL", Reason: "it is not tested", Remedy: "use MySQL 8"},
		),
		at(
			"database.login",
			"the user can log in",
			"the user cannot log in",
			check.Failed,
			check.Result{
				Message: "wrong <user> & password (1045)\x1b[2J",
				Reason:  "the pods log in too",
				Remedy:  "line one\nline two",
			},
		),
		at("database.tls", "the database connection uses TLS as configured",
			"the database connection cannot use TLS as configured", check.Warned,
			check.Result{Message: "expired", Reason: "w", Remedy: "h", Softened: true}),
	}}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		checktest.Must(t, os.MkdirAll("testdata", 0o750))
		checktest.Must(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path) //nolint:gosec // a file of this test
	checktest.Must(t, err)
	if got != string(want) {
		t.Errorf("%s differs; got:\n%s", path, got)
	}
}

func TestText(t *testing.T) {
	for name, options := range map[string]Options{
		"pipe.txt":     {},
		"verbose.txt":  {Verbose: true},
		"terminal.txt": {Style: display.Style{Color: true, Unicode: true}, Width: 80},
		"no-color.txt": {Style: display.Style{Unicode: true}, Width: 60, Verbose: true},
	} {
		var out strings.Builder
		checktest.Must(t, Text(&out, sample(), options))
		golden(t, name, out.String())
		if !options.Style.Unicode && strings.ContainsFunc(out.String(), func(r rune) bool { return r > '~' }) {
			t.Errorf("%s is not ASCII", name)
		}
		if !options.Style.Color && strings.Contains(out.String(), "\x1b") {
			t.Errorf("%s has control characters", name)
		}
		if strings.Contains(out.String(), "\x1b[2J") {
			t.Errorf("%s contains control characters of a server", name)
		}
	}
}

// A group in which everything passed takes two lines. --verbose is not
// mentioned if it would add nothing.
func TestTextShort(t *testing.T) {
	passed := check.Result{Check: check.Check{ID: "cluster.version", Claim: "c"}, Status: check.Pass}
	failed := check.Result{Check: check.Check{ID: "cluster.clock", Failure: "f"}, Status: check.Failed, Message: "m"}
	for name, c := range map[string]struct {
		results []check.Result
		want    string
	}{
		"passed": {[]check.Result{passed, passed}, "cluster\n  + passed   2 checks\n\n" +
			"2 passed, 0 warnings, 0 failed, 0 skipped in 0.0s\nUse --verbose"},
		"unknown": {
			[]check.Result{passed, {Check: failed.Check, Status: check.Skipped, Message: "m", Unknown: true}},
			"cluster\n  + passed   1 check\n  - skipped  cluster.clock    m\n",
		},
		"failed": {[]check.Result{failed}, "cluster\n  x failed   cluster.clock  f\n      found:  m\n"},
	} {
		var out strings.Builder
		checktest.Must(t, Text(&out, check.Report{Results: c.results}, Options{}))
		if !strings.HasPrefix(out.String(), c.want) {
			t.Errorf("%s:\n%s\nwant first:\n%s", name, out.String(), c.want)
		}
		if name == "failed" && strings.Contains(out.String(), "--verbose") {
			t.Errorf("%s: --verbose would list nothing more:\n%s", name, out.String())
		}
	}
}
