package checks

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// sample is a report with one result of each kind.
func sample() Report {
	at := func(id, claim string, status Status, r Result) Result {
		r.Check, r.Status, r.Duration = Check{ID: id, Claim: claim}, status, 12*time.Millisecond
		return r
	}
	return Report{Duration: 1873 * time.Millisecond, Results: []Result{
		at("cluster.version", "its version is supported", Pass, Result{Message: "v1.36.3"}),
		at("cluster.clock", "local and server clocks agree", Skipped, Result{Message: "needs cluster.reachable"}),
		at("database.version", "the server is MySQL 8.0 or newer", Warned, Result{Message: "this is “MariaDB” – not MySQL", Why: "it is not tested", Hint: "use MySQL 8"}),
		at("database.login", "the user may log in", Failed, Result{Message: "wrong <user> & password (1045)\x1b[2J", Why: "the pods log in too", Hint: "line one\nline two"}),
		at("database.tls", "the connection is protected as asked for", Warned, Result{Message: "expired", Why: "w", Hint: "h", Softened: true}),
	}}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		must(t, os.MkdirAll("testdata", 0o750))
		must(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path) //nolint:gosec // a file of this test
	must(t, err)
	if got != string(want) {
		t.Errorf("%s differs; got:\n%s", path, got)
	}
}

func TestTextInEveryStyle(t *testing.T) {
	for name, style := range map[string]Style{
		"pipe.txt": {}, "terminal.txt": {Color: true, Unicode: true}, "no-color.txt": {Unicode: true},
	} {
		var out strings.Builder
		must(t, Text(&out, sample(), style))
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

func TestStreamWritesEachResultAsItComes(t *testing.T) {
	var out strings.Builder
	observe := Stream(&out, Style{})
	report := sample()
	observe(Event{Check: report.Results[0].Check})
	if out.Len() != 0 {
		t.Errorf("a start is written: %q", out.String())
	}
	for i, r := range report.Results {
		before := out.Len()
		observe(Event{Check: r.Check, Result: &report.Results[i]})
		if !strings.Contains(out.String()[before:], r.Check.ID) {
			t.Errorf("%s is not written when it comes", r.Check.ID)
		}
	}
}

func TestJSONIsTheContract(t *testing.T) {
	var out strings.Builder
	must(t, JSON(&out, sample()))
	golden(t, "report.json", out.String())
	var read struct {
		Version int
		Summary map[string]int
		Checks  []map[string]any
	}
	must(t, json.Unmarshal([]byte(out.String()), &read))
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
		must(t, JUnit(&out, sample(), failOnWarn))
		golden(t, name, out.String())
		var read junitSuites
		must(t, xml.Unmarshal([]byte(out.String()), &read))
		failures := 1
		if failOnWarn {
			failures = 3
		}
		if read.Tests != 5 || read.Failures != failures || read.Skipped != 1 || len(read.Suites) != 2 {
			t.Errorf("%s: %+v", name, read)
		}
	}
}
