package cmd

import (
	"strings"
	"testing"
)

// A secret that stands in the answers is taken, with a warning that names it.
func TestPlainSecretsAreTakenWithAWarning(t *testing.T) {
	const canary = "pl4in-c4nary"
	p := nowhere(t)
	file := p.file("a.yaml", "version: 1\ndatabase: {type: mysql, mysql: {host: db.example.com, user: u, password: {value: "+canary+"}}}\n")
	for _, args := range [][]string{
		{"answers", "validate", file},
		append([]string{"generate", "-f", file, "--output", "-"}, standIn("current")...),
		append([]string{"preflight", "-f", file, "--only", "database.config"}, standIn("current")...),
	} {
		r := p.runs(args...).want(t, exitDone)
		if strings.Count(r.err, "! database.mysql.password: plain in the answers") != 1 || strings.Contains(r.out+r.err, canary) {
			t.Errorf("%v says\n%s%s", args[:2], r.out, r.err)
		}
	}
}

// Answers that name a chart which is not there are faults of the answers.
func TestAWrongChartIsAFaultOfTheAnswers(t *testing.T) {
	p := nowhere(t)
	const rest = "\ndatabase: {type: sqlite}\nchart:\n"
	for chart, want := range map[string]string{
		"  ref: ./nowhere\n": "line 4: chart.ref: ",
		"  ref: ../sandbox/charts/current\n  version: 0.0.7\n": "line 5: chart.version: ",
		"  ref: bogus://x/y\n":                                 "line 4: chart.ref: ",
	} {
		file := p.file("a.yaml", "version: 1"+rest+chart)
		p.runs("generate", "-f", file, "--output", "-").want(t, exitUsage, want)
	}
}
