package report

import (
	"encoding/json"
	"encoding/xml"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
)

var update = flag.Bool("update", false, "write the golden files again")

// sample is a report with one result of each kind.
func sample() check.Report {
	at := func(id, claim string, status check.Status, r check.Result) check.Result {
		r.Check, r.Status, r.Duration = check.Check{ID: id, Claim: claim}, status, 12*time.Millisecond
		return r
	}
	return check.Report{Duration: 1873 * time.Millisecond, Results: []check.Result{
		at("cluster.version", "its version is supported", check.Pass, check.Result{Message: "v1.36.3"}),
		at("cluster.clock", "local and server clocks agree", check.Skipped, check.Result{Message: "needs cluster.reachable"}),
		at("database.version", "the server is MySQL 8.0 or newer", check.Warned, check.Result{Message: "this is “MariaDB” – not MySQL", Why: "it is not tested", Hint: "use MySQL 8"}),
		at("database.login", "the user may log in", check.Failed, check.Result{Message: "wrong <user> & password (1045)\x1b[2J", Why: "the pods log in too", Hint: "line one\nline two"}),
		at("database.tls", "the connection is protected as asked for", check.Warned, check.Result{Message: "expired", Why: "w", Hint: "h", Softened: true}),
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

func TestTextInEveryStyle(t *testing.T) {
	for name, style := range map[string]Style{
		"pipe.txt": {}, "terminal.txt": {Color: true, Unicode: true}, "no-color.txt": {Unicode: true},
	} {
		var out strings.Builder
		checktest.Must(t, Text(&out, sample(), style))
		golden(t, name, out.String())
		if !style.Unicode && strings.ContainsFunc(out.String(), func(r rune) bool { return r > '~' }) {
			t.Errorf("%s is not ASCII", name)
		}
		if !style.Color && strings.Contains(out.String(), "\x1b") {
			t.Errorf("%s has control characters", name)
		}
		if strings.Contains(out.String(), "\x1b[2J") {
			t.Errorf("%s lets a server's control characters through", name)
		}
	}
}

func TestJSONIsTheContract(t *testing.T) {
	var out strings.Builder
	checktest.Must(t, JSON(&out, sample()))
	golden(t, "report.json", out.String())
	var read struct {
		Version int
		Summary map[string]int
		Checks  []map[string]any
	}
	checktest.Must(t, json.Unmarshal([]byte(out.String()), &read))
	if read.Version != 1 || read.Summary["passed"] != 1 || read.Summary["warned"] != 2 || read.Summary["failed"] != 1 || read.Summary["skipped"] != 1 || read.Summary["durationMs"] != 1873 {
		t.Errorf("summary %+v", read.Summary)
	}
	for _, c := range read.Checks {
		for _, member := range []string{"id", "group", "title", "status", "message", "hint", "docs", "durationMs"} {
			if _, ok := c[member]; !ok {
				t.Errorf("%v lacks %s", c["id"], member)
			}
		}
	}
}

func TestJUnitCounts(t *testing.T) {
	for name, failOnWarn := range map[string]bool{"junit.xml": false, "junit-fail-on-warn.xml": true} {
		var out strings.Builder
		checktest.Must(t, JUnit(&out, sample(), failOnWarn))
		golden(t, name, out.String())
		var read junitSuites
		checktest.Must(t, xml.Unmarshal([]byte(out.String()), &read))
		failures := 1
		if failOnWarn {
			failures = 3
		}
		if read.Tests != 5 || read.Failures != failures || read.Skipped != 1 || len(read.Suites) != 2 {
			t.Errorf("%s: %+v", name, read)
		}
	}
}
