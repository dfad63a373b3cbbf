package cmd

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/adrg/xdg"

	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// TestSecretsDoNotLeak sets every secret of an install to a canary and searches
// for it in places where it must not appear.
func TestSecretsDoNotLeak(t *testing.T) {
	c := testcluster.Start(t)
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	p.env["ZENML_ADMIN_PASSWORD"] = adminPassword
	flags := p.mysqlFlags(c)
	canaries := []string{adminPassword, c.Database.Password.Reveal()}

	watch := watchArguments(t, canaries)
	r := p.install(c, "current", "mysql.yaml", namespace, append(flags, "-v")...).want(t, exitDone)
	preflight := p.runs(append([]string{"preflight", "-f", "../assets/answers/mysql.yaml", "-n", namespace, "-o",
		"json"}, append(flags, chartFlags(c, "current")...)...)...)
	if seen := watch(); seen != "" {
		t.Errorf("a secret was on a command line: %s", seen)
	}
	shown := map[string]string{"stdout": r.out, "stderr": r.err, "report": preflight.out + preflight.err}
	for _, dir := range []string{p.dir, temp, xdg.StateHome} {
		collect(t, dir, shown, "db-password")
	}
	for name, text := range shown {
		for _, canary := range canaries {
			if strings.Contains(text, canary) {
				t.Errorf("%s contains a secret", name)
			}
		}
	}
}

// collect reads every file below dir except those named.
func collect(t *testing.T, dir string, into map[string]string, except ...string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		for _, name := range except {
			if d.Name() == name {
				return nil
			}
		}
		data, err := os.ReadFile(path)
		into[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
