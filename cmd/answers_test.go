package cmd

import (
	"path/filepath"
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
	here, err := filepath.Abs("../sandbox/charts/current")
	if err != nil {
		t.Fatal(err)
	}
	for chart, want := range map[string]string{
		"  ref: ./nowhere\n":                      "line 4: chart.ref: ",
		"  ref: " + here + "\n  version: 0.0.7\n": "line 5: chart.version: ",
		"  ref: bogus://x/y\n":                    "line 4: chart.ref: ",
	} {
		file := p.file("a.yaml", "version: 1"+rest+chart)
		p.runs("generate", "-f", file, "--output", "-").want(t, exitUsage, want)
	}
}

// What is carried over shows no secret, and what could not be carried over is
// said: also what validation will refuse.
func TestInitSaysWhatItCannotCarry(t *testing.T) {
	const canary = "c4rried-c4nary"
	p := nowhere(t)
	from := func(values string) result {
		file := p.file("values.yaml", values)
		return p.runs(append([]string{"answers", "init", "--from", file}, standIn("current")...)...).want(t, exitDone)
	}
	r := from(`server:
  ingress: {enabled: false}
  environment: {ZENML_SERVER_AUTO_ACTIVATE: "1", ZENML_DEFAULT_USER_PASSWORD: ` + canary + `, API_TOKEN: ` + canary + `}
  proxy: {enabled: true, httpProxy: "http://u:` + canary + `@p:8080"}
  openTelemetry: {endpoint: "http://u:` + canary + `@c:4317"}
  database: {url: "mysql://u@db/z", backupStrategy: custom, customBackupEngine: a.B, customBackupEngineConfig: {password: ` + canary + `}}
`)
	r.want(t, exitDone, "through: environment", "API_TOKEN: {env: ZENML_SERVER_SECRETENVIRONMENT_API_TOKEN}",
		"server.proxy.httpProxy: it has a password", "server.openTelemetry.endpoint: it has a password", "customBackupEngineConfig.password: it may be a secret",
		"! not valid yet: database.mysql.password: the answer is missing", "! not valid yet: admin.password: the server's dashboard would refuse this password")
	if strings.Contains(r.out+r.err, canary) || strings.Contains(r.err, "empty password") {
		t.Errorf("got\n%s%s", r.out, r.err)
	}
	from("server: hello\n").want(t, exitDone, "! server: it is no mapping of names to values")
	from("server: {ingress: {enabled: false}}\n---\nserver: {replicaCount: 2}\n").want(t, exitDone, "it holds more than one document")
	if again := from("server: {ingress: {enabled: false}}\n---\n"); again.err != "" {
		t.Errorf("got %s", again.err)
	}
}
