package cmd

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestGenerateInEveryFormatHoldsNoSecret(t *testing.T) {
	const canary = "f0rmat-c4nary"
	p := nowhere(t)
	p.env["ZENML_DB_PASSWORD"] = canary
	for _, format := range []string{"values", "argocd", "flux", "terraform", "helmfile", "manifests"} {
		args := append([]string{"generate", "-f", "../assets/answers/mysql.yaml", "--format", format, "--output", "-"}, standIn("current")...)
		if format != "values" && format != "manifests" {
			p.runs(args...).want(t, exitUsage, "chart.ref") // a folder is nothing that another tool could follow
			continue
		}
		r := p.runs(args...).want(t, exitDone)
		if strings.Contains(r.out+r.err, canary) {
			t.Errorf("%s: the password shows", format)
		}
	}
	out := filepath.Join(p.dir, "manifests")
	if err := os.Mkdir(out, 0o700); err != nil {
		t.Fatal(err)
	}
	p.runs(append([]string{"generate", "-f", "../assets/answers/mysql.yaml", "--format", "manifests", "--output", out}, standIn("current")...)...).want(t, exitDone)
	info, err := os.Stat(filepath.Join(out, "secrets.yaml"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("secrets.yaml: %v %v", info, err)
	}
	p.runs("generate", "--answer", "database.type=sqlite", "--format", "bogus").want(t, exitUsage)
}

func TestAnswersCommands(t *testing.T) {
	p := nowhere(t)
	sample := p.runs("answers", "init").want(t, exitDone)
	file := p.file("sample.yaml", sample.out)
	p.runs("answers", "validate", file).want(t, exitDone, "is valid")
	p.runs("answers", "explain", "database.mysql.tls.mode").want(t, exitDone, "verify-full")
	p.runs("answers", "explain", "database.mysql.tls.mod").want(t, exitUsage, "did you mean")
	p.runs("answers", "schema").want(t, exitDone, `"$defs"`)
	values := p.file("values.yaml", "server:\n  database:\n    url: mysql://u:c4nary@db:3306/zenml\n  ingress: {enabled: false}\n")
	r := p.runs(append([]string{"answers", "init", "--from", values}, standIn("current")...)...).want(t, exitDone, "host: db", "env:")
	if strings.Contains(r.out+r.err, "c4nary") {
		t.Errorf("the password shows: %s", r.out)
	}
}
