package cmd

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// chartWithout copies the current stand-in chart into the test's folder, without
// the lines of its templates that contain a text.
func (p *place) chartWithout(text string) string {
	p.t.Helper()
	dir := filepath.Join(p.dir, "chart")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "sandbox", "charts", "current"))); err != nil {
		p.t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "templates", "*"))
	if err != nil {
		p.t.Fatal(err)
	}
	removed := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			continue // a folder
		}
		var kept []string
		for line := range strings.Lines(string(data)) {
			if strings.Contains(line, text) {
				removed++
				continue
			}
			kept = append(kept, line)
		}
		if err := os.WriteFile(file, []byte(strings.Join(kept, "")), 0o600); err != nil {
			p.t.Fatal(err)
		}
	}
	if removed == 0 {
		p.t.Fatalf("no template contains %q", text)
	}
	return dir
}

const ingressAnswers = "version: 1\ndatabase: {type: sqlite}\nexpose: {type: ingress, host: zenml.example.com}\n"

// TestGenerate_chartWithoutEffect wants a warning for what the installer adds by
// itself, and a refusal for what an answer asks for, unless a flag says otherwise.
func TestGenerate_chartWithoutEffect(t *testing.T) {
	p := nowhere(t)
	chart := p.chartWithout("ZENML_SERVER_SERVER_URL")
	derived := p.file("derived.yaml", ingressAnswers)
	asked := p.file("asked.yaml", ingressAnswers+"server: {url: https://zenml.example.com}\n")
	run := func(answers string, flags ...string) result {
		return p.runs(append([]string{"generate", "-f", answers, "--chart", chart, "--output", "-"}, flags...)...)
	}
	r := run(derived).want(t, exitDone, "serverURL:", "Warning: chart zenml 0.98.1 does not apply server.serverURL, "+
		"which the installer adds: the server does not know its URL")
	if strings.Contains(r.out, "Warning") {
		t.Errorf("the warning is in the values file:\n%s", r.out)
	}
	run(asked).want(t, exitUsage, "server.url: it has no effect", "remove server.url")
	run(asked, "--warn-only", "supply.effect").want(t, exitDone, "Warning: line 4: server.url: it has no effect")
	if r := run(asked, "--skip", "supply.effect").want(t, exitDone, "serverURL:"); strings.Contains(r.err, "Warning") {
		t.Errorf("skipped, and yet:\n%s", r.err)
	}
	run(asked, "--skip", "supply.effct").want(t, exitUsage, "supply.effect")
}

// TestInstall_chartWithoutEffect installs with a chart that lacks something that
// the installer adds by itself.
func TestInstall_chartWithoutEffect(t *testing.T) {
	c := testcluster.Start(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	p.runs("install", "-f", p.file("answers.yaml", ingressAnswers), "--yes", "-n", namespace,
		"--chart", p.chartWithout("ZENML_SERVER_SERVER_URL"), "--skip", "supply.image,expose",
		"--output", filepath.Join(p.dir, "values.yaml")).
		want(t, exitDone, "does not apply server.serverURL, which the installer adds", "zenml login")
}

func TestSecretSentence(t *testing.T) {
	secret := func(name, key, value string) corev1.Secret {
		return corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: name}, Data: map[string][]byte{key: []byte(value)}}
	}
	p := &prepared{kept: []corev1.Secret{secret("db", "password", "old"), secret("store", manifest.EncryptionKey, "k")}}
	for want, s := range map[string]corev1.Secret{
		"Create Secret tls (ca.crt) for the chart to reference.": secret("tls", "ca.crt", "x"),
		"Keep Secret db (password), which has the same data.":    secret("db", "password", "old"),
		"Update Secret db (password), whose data changes.":       secret("db", "password", "new"),
		"Keep the encryption key in Secret store.":               secret("store", manifest.EncryptionKey, "k"),
	} {
		if got := p.secretSentence(s); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
