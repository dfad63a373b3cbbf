package cmd

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// nowhere is a place without any cluster.
func nowhere(t *testing.T) *place {
	t.Helper()
	p := newPlace(t)
	p.env["KUBECONFIG"] = filepath.Join(p.dir, "none")
	return p
}

func standIn(generation string) []string {
	return []string{"--chart", filepath.Join("..", "sandbox", "charts", generation)}
}

func TestGenerateNeedsNoCluster(t *testing.T) {
	for generation, root := range map[string]string{"current": "\nserver:", "legacy": "\nzenml:"} {
		p := nowhere(t)
		args := append([]string{"generate", "-f", "../assets/answers/minimal.yaml", "--output", "-"}, standIn(generation)...)
		r := p.runs(args...).want(t, exitDone)
		if !strings.Contains(r.out, root) || !strings.Contains(r.out, "enabled: false") {
			t.Errorf("%s: got\n%s", generation, r.out)
		}
		if again := p.runs(args...); again.out != r.out {
			t.Errorf("%s: the same answers give other bytes", generation)
		}
	}
}

func TestGenerateNeverOverwritesWithoutAsking(t *testing.T) {
	p := nowhere(t)
	path := p.file("custom-values.yaml", "mine: true\n")
	args := append([]string{"generate", "-f", "../assets/answers/minimal.yaml", "--output", path}, standIn("current")...)
	p.runs(args...).want(t, exitUsage, "--force")
	if data, _ := os.ReadFile(path); string(data) != "mine: true\n" {
		t.Errorf("it was overwritten: %s", data)
	}
	p.runs(append(args, "--force")...).want(t, exitDone, "Wrote")
	p.runs(args...).want(t, exitDone) // the same content is no overwriting
}

func TestGenerateTellsHowToMakeTheSecrets(t *testing.T) {
	p := nowhere(t)
	p.env["ZENML_DB_PASSWORD"] = "never-read"
	args := append([]string{"generate", "-f", "../assets/answers/mysql.yaml", "--output", filepath.Join(p.dir, "v.yaml")}, standIn("current")...)
	r := p.runs(args...).want(t, exitDone, `"$ZENML_DB_PASSWORD"`, "helm upgrade --install zenml-server")
	if strings.Contains(r.err, "never-read") {
		t.Error("the password shows")
	}
}

// What is done by hand goes to the cluster that the answers mean, whatever the
// current context is by then.
func TestLinesByHandNameTheCluster(t *testing.T) {
	p := nowhere(t)
	args := append([]string{"generate", "-f", "../assets/answers/mysql.yaml", "--context", "my prod", "--output", filepath.Join(p.dir, "v.yaml")}, standIn("current")...)
	r := p.runs(args...).want(t, exitDone)
	lines := 0
	for _, line := range strings.Split(r.err, "\n") {
		kubectl, helm := strings.Contains(line, "kubectl "), strings.Contains(line, "helm upgrade")
		if !kubectl && !helm {
			continue
		}
		lines++
		flag := map[bool]string{true: " --kube-context 'my prod'", false: " --context 'my prod'"}[helm]
		if !strings.Contains(line, flag) || !strings.Contains(line, "--kubeconfig "+p.env["KUBECONFIG"]) {
			t.Errorf("it goes to the current context: %s", line)
		}
	}
	if lines != 6 { // the namespace, two Secrets and their labels, the release
		t.Errorf("%d lines in\n%s", lines, r.err)
	}
}

func TestBadUsageIsNamed(t *testing.T) {
	p := nowhere(t)
	bad := p.file("bad.yaml", "version: 1\ndatabase: {type: mysql, mysql: {hots: x}}\n")
	for _, c := range []struct {
		args []string
		says string
	}{
		{nil, "there is no terminal to ask on"},
		{[]string{"install"}, "database.type: the answer is missing"},
		{[]string{"install", "-f", "none.yaml", "--yes"}, "there is no such file"},
		{[]string{"install", "-f", bad, "--yes"}, "line 2: database.mysql.hots: there is no such key; did you mean host?"},
		{[]string{"generate"}, "there are no answers"},
		{[]string{"generate", "--answer", "database.type=sqlite", "--answer", "admin.password=plain"}, "does not belong on a command line"},
		{[]string{"generate", "--answer", "databse.type=sqlite"}, "did you mean database.type?"},
		{[]string{"preflight", "-o", "xml"}, "text, json or junit"},
		{[]string{"preflight", "--only", "clutser"}, `no check or group "clutser"`},
		{[]string{"bogus"}, "unknown command"},
		{[]string{"--bogus"}, "unknown flag"},
	} {
		p.runs(c.args...).want(t, exitUsage, c.says)
	}
}

func TestAnswersAndFlagForDifferentContextsAreRefused(t *testing.T) {
	p := nowhere(t)
	file := p.file("a.yaml", "version: 1\ncluster: {context: production}\ndatabase: {type: sqlite}\n")
	p.runs("install", "-f", file, "--yes", "--context", "staging").want(t, exitUsage, "make them agree")
}

// BenchmarkGenerate is the whole command on a local chart, but for the start
// of the process.
func BenchmarkGenerate(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		var stderr strings.Builder
		s := Streams{In: strings.NewReader(""), Out: io.Discard, Err: &stderr, Getenv: os.LookupEnv}
		if code := Main([]string{"generate", "-f", "../assets/answers/minimal.yaml", "--chart", "../sandbox/charts/current", "--output", "-"}, s); code != exitDone {
			b.Fatalf("exit %d: %s", code, &stderr)
		}
	}
}
