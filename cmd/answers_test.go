package cmd

import (
	"path/filepath"
	"strings"
	"testing"
)

// A plain-text secret in the answers is accepted with a warning that names its
// key.
func TestPlainSecretsWarn(t *testing.T) {
	const canary = "pl4in-c4nary"
	p := nowhere(t)
	file := p.file("a.yaml", "version: 1\ndatabase: {type: mysql, mysql: {host: db.example.com, user: u, password: "+
		"{value: "+canary+"}}}\n")
	for _, args := range [][]string{
		{"answers", "validate", file},
		append([]string{"generate", "-f", file, "--output", "-"}, standIn("current")...),
		append([]string{"preflight", "-f", file, "--only", "database.config"}, standIn("current")...),
	} {
		r := p.runs(args...).want(t, exitDone)
		if strings.Count(r.err, "! database.mysql.password: plain text in the answers") != 1 ||
			strings.Contains(r.out+r.err, canary) {
			t.Errorf("%v prints\n%s%s", args[:2], r.out, r.err)
		}
	}
}

// Answers that name a missing chart are an answers fault.
func TestWrongChartIsAnAnswersFault(t *testing.T) {
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

// Importing reveals no secret, and reports what cannot be imported or is still
// invalid.
func TestInitReportsWhatItCannotImport(t *testing.T) {
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
		"server.proxy.httpProxy: left out: it contains a password",
		"server.openTelemetry.endpoint: left out: it contains a password",
		"customBackupEngineConfig.password: left out: it may be a secret",
		"! still invalid: database.mysql.password: the answer is missing",
		"! still invalid: admin.password: the password is too weak for the dashboard")
	if strings.Contains(r.out+r.err, canary) || strings.Contains(r.err, "empty password") {
		t.Errorf("got\n%s%s", r.out, r.err)
	}
	from("server: hello\n").want(t, exitDone, "! server: left out: it must be a mapping")
	from("server: {ingress: {enabled: false}}\n---\nserver: {replicaCount: 2}\n").want(t, exitDone,
		"contains several documents")
	if again := from("server: {ingress: {enabled: false}}\n---\n"); again.err != "" {
		t.Errorf("got %s", again.err)
	}
}

func TestAnswersCommands(t *testing.T) {
	p := nowhere(t)
	sample := p.runs("answers", "init").want(t, exitDone)
	file := p.file("sample.yaml", sample.out)
	p.runs("answers", "validate", file).want(t, exitDone, "is valid")
	p.runs("answers", "explain", "database.mysql.tls.mode").want(t, exitDone, "verify-full")
	p.runs("answers", "explain", "database.mysql.tls.mod").want(t, exitUsage, "did you mean")
	p.runs("answers", "schema").want(t, exitDone, `"$defs"`)
	values := p.file("values.yaml", "server:\n  database:\n    url: mysql://u:c4nary@db:3306/zenml\n  ingress: "+
		"{enabled: false}\n")
	r := p.runs(append([]string{"answers", "init", "--from", values}, standIn("current")...)...).want(t, exitDone,
		"host: db", "env:")
	if strings.Contains(r.out+r.err, "c4nary") {
		t.Errorf("the password is revealed: %s", r.out)
	}
}
