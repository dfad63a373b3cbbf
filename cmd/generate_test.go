package cmd

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ProtonMail/go-crypto/openpgp"
	chartloader "helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/provenance"
)

// nowhere returns a place without a cluster.
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
		args := append([]string{"generate", "-f", "../assets/answers/minimal.yaml", "--output", "-"},
			standIn(generation)...)
		r := p.runs(args...).want(t, exitDone)
		if !strings.Contains(r.out, root) || !strings.Contains(r.out, "enabled: false") {
			t.Errorf("%s: got\n%s", generation, r.out)
		}
		if again := p.runs(args...); again.out != r.out {
			t.Errorf("%s: the same answers give different output", generation)
		}
	}
}

func TestGenerateDoesNotOverwrite(t *testing.T) {
	p := nowhere(t)
	path := p.file("custom-values.yaml", "mine: true\n")
	args := append([]string{"generate", "-f", "../assets/answers/minimal.yaml", "--output", path},
		standIn("current")...)
	p.runs(args...).want(t, exitUsage, "--force")
	if data, _ := os.ReadFile(path); string(data) != "mine: true\n" {
		t.Errorf("the file was overwritten: %s", data)
	}
	p.runs(append(args, "--force")...).want(t, exitDone, "Wrote")
	p.runs(args...).want(t, exitDone) // the same content does not count as overwriting
}

func TestGeneratePrintsSecretCommands(t *testing.T) {
	p := nowhere(t)
	p.env["ZENML_DB_PASSWORD"] = "never-read"
	args := append([]string{"generate", "-f", "../assets/answers/mysql.yaml", "--output",
		filepath.Join(p.dir, "v.yaml")}, standIn("current")...)
	r := p.runs(args...).want(t, exitDone, `"$ZENML_DB_PASSWORD"`, "helm upgrade --install zenml-server")
	if strings.Contains(r.err, "never-read") {
		t.Error("the password is revealed")
	}
}

// Equivalent commands name the answers' cluster, regardless of the current
// context.
func TestEquivalentCommandsNameTheCluster(t *testing.T) {
	p := nowhere(t)
	args := append([]string{"generate", "-f", "../assets/answers/mysql.yaml", "--context", "my prod", "--output",
		filepath.Join(p.dir, "v.yaml")}, standIn("current")...)
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
			t.Errorf("the command uses the current context: %s", line)
		}
	}
	if lines != 8 { // the namespace, three Secrets and their labels, the release
		t.Errorf("%d lines in\n%s", lines, r.err)
	}
}

func TestUsageErrors(t *testing.T) {
	p := nowhere(t)
	bad := p.file("bad.yaml", "version: 1\ndatabase: {type: mysql, mysql: {hots: x}}\n")
	for _, c := range []struct {
		args []string
		says string
	}{
		{nil, "no terminal to ask on"},
		{[]string{"install"}, "database.type: the answer is missing"},
		{[]string{"install", "-f", "none.yaml", "--yes"}, "none.yaml not found"},
		{[]string{"install", "-f", bad, "--yes"}, "line 2: database.mysql.hots: unknown key; did you mean host?"},
		{[]string{"generate"}, "no answers given"},
		{[]string{"generate", "--answer", "database.type=sqlite", "--answer", "admin.password=plain"},
			"not allowed on the command line"},
		{[]string{"generate", "--answer", "databse.type=sqlite"}, "did you mean database.type?"},
		{[]string{"preflight", "-o", "xml"}, "text, json or junit"},
		{[]string{"preflight", "--only", "clutser"}, `unknown check or group "clutser"`},
		{[]string{"bogus"}, "unknown command"},
		{[]string{"--bogus"}, "unknown flag"},
	} {
		p.runs(c.args...).want(t, exitUsage, c.says)
	}
}

func TestConflictingContextsAreRefused(t *testing.T) {
	p := nowhere(t)
	file := p.file("a.yaml", "version: 1\ncluster: {context: production}\ndatabase: {type: sqlite}\n")
	p.runs("install", "-f", file, "--yes", "--context", "staging").want(t, exitUsage, "use the same context")
}

// BenchmarkGenerate runs the command on a local chart, without process startup.
func BenchmarkGenerate(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		var stderr strings.Builder
		s := Streams{In: strings.NewReader(""), Out: io.Discard, Err: &stderr, Getenv: os.LookupEnv}
		if code := Main(
			[]string{
				"generate",
				"-f",
				"../assets/answers/minimal.yaml",
				"--chart",
				"../sandbox/charts/current",
				"--output",
				"-",
			},
			s,
		); code != exitDone {
			b.Fatalf("exit %d: %s", code, &stderr)
		}
	}
}

func TestGenerateFormatsContainNoSecret(t *testing.T) {
	const canary = "f0rmat-c4nary"
	p := nowhere(t)
	p.env["ZENML_DB_PASSWORD"], p.env["ZENML_ADMIN_PASSWORD"] = canary, adminPassword
	for _, format := range []string{"values", "argocd", "flux", "terraform", "helmfile", "manifests"} {
		args := append([]string{"generate", "-f", "../assets/answers/mysql.yaml", "--format", format, "--output", "-"},
			standIn("current")...)
		if format != "values" && format != "manifests" {
			p.runs(args...).want(t, exitUsage, "chart.ref") // other tools cannot follow a folder
			continue
		}
		r := p.runs(args...).want(t, exitDone)
		if strings.Contains(r.out+r.err, canary) || strings.Contains(r.out+r.err, adminPassword) {
			t.Errorf("%s: a password is revealed", format)
		}
	}
	out := filepath.Join(p.dir, "manifests")
	if err := os.Mkdir(out, 0o700); err != nil {
		t.Fatal(err)
	}
	p.runs(append([]string{"generate", "-f", "../assets/answers/mysql.yaml", "--format", "manifests", "--output", out},
		standIn("current")...)...).want(t, exitDone)
	info, err := os.Stat(filepath.Join(out, "secrets.yaml"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("secrets.yaml: %v %v", info, err)
	}
	p.runs("generate", "--answer", "database.type=sqlite", "--format", "bogus").want(t, exitUsage)
}

// signedChart packages the stand-in chart, signs it as helm package --sign does, and
// returns the archive and the public key.
func signedChart(t *testing.T) (archive, keyring string) {
	t.Helper()
	loaded, err := chartloader.LoadDir(standIn("current")[1])
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if archive, err = chartutil.Save(loaded, dir); err != nil {
		t.Fatal(err)
	}
	key, err := openpgp.NewEntity("Chart\x1b[2J Team", "", "charts@example.com", nil)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := (&provenance.Signatory{Entity: key}).ClearSign(archive)
	if err != nil {
		t.Fatal(err)
	}
	var public bytes.Buffer
	if err := key.Serialize(&public); err != nil {
		t.Fatal(err)
	}
	keyring = filepath.Join(dir, "keys.gpg")
	for path, content := range map[string]string{archive + ".prov": signature, keyring: public.String()} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return archive, keyring
}

func TestVerify(t *testing.T) {
	p := nowhere(t)
	archive, keyring := signedChart(t)
	generate := func(args ...string) result {
		return p.runs(append([]string{"generate", "--answer", "database.type=sqlite", "--output",
			filepath.Join(p.dir, "v.yaml"), "--force"}, args...)...)
	}
	generate("--chart", archive, "--verify", "--keyring", keyring).want(t, exitDone, "--verify --keyring "+keyring)
	written, err := os.ReadFile(filepath.Join(p.dir, "v.yaml"))
	if err != nil || !strings.Contains(string(written), "# Signature of the chart: OpenPGP key ") ||
		!strings.Contains(string(written), "Team <charts@example.com>") || strings.Contains(string(written), "\x1b") {
		t.Errorf("%v\n%s", err, written)
	}
	generate("--chart", archive).want(t, exitDone)
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"--chart", standIn("current")[1], "--verify", "--keyring", keyring}, "a folder has no signature"},
		{[]string{"--chart", archive, "--verify"}, "pubring.gpg: no such file"},
		{[]string{"--chart", archive, "--keyring", keyring}, "--keyring has no effect without --verify"},
		{[]string{"--chart", archive, "--verify-key", keyring}, "--verify-key has no effect without --verify"},
		{[]string{"--chart", archive, "--verify", "--verify-key", keyring, "--keyring", keyring}, "remove one"},
		{[]string{"--chart", archive, "--verify", "--verify-key", keyring}, "only a chart in an OCI registry has"},
	} {
		generate(c.args...).want(t, exitUsage, c.says)
	}
}
