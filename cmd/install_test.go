package cmd

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

const adminPassword = "Unattended-c4nary-1!"

// install runs an unattended install of a sample answers file.
func (p *place) install(c *testcluster.Cluster, generation, sample, namespace string, more ...string) result {
	p.t.Helper()
	values := filepath.Join(p.dir, "custom-values.yaml")
	args := []string{"install", "-f", filepath.Join("..", "assets", "answers", sample), "--yes", "-n", namespace,
		"--output", values, "--force"}
	return p.runs(slices.Concat(args, chartFlags(c, generation), more)...)
}

func (p *place) status(namespace string) state {
	p.t.Helper()
	r := p.runs("status", "-n", namespace, "-o", "json").want(p.t, exitDone)
	var found state
	if err := json.Unmarshal([]byte(r.out), &found); err != nil {
		p.t.Fatalf("%v in %s", err, r.out)
	}
	return found
}

func TestInstallUnattended(t *testing.T) {
	c := testcluster.Start(t)
	for _, generation := range []string{"current", "legacy"} {
		t.Run(generation+"/minimal", func(t *testing.T) {
			t.Parallel()
			p, namespace := newPlace(t).at(c), c.Namespace(t)
			p.install(c, generation, "minimal.yaml", namespace).
				want(t, exitDone, "zenml login http://127.0.0.1:", "not activated")
			if s := p.status(namespace).Server; s.Active || s.Database != "sqlite" {
				t.Errorf("got %+v", s)
			}
		})
		t.Run(generation+"/mysql", func(t *testing.T) {
			t.Parallel()
			p, namespace := newPlace(t).at(c), c.Namespace(t)
			p.env["ZENML_ADMIN_PASSWORD"] = adminPassword
			p.install(c, generation, "mysql.yaml", namespace, p.mysqlFlags(c)...).want(t, exitDone,
				"The server is activated with admin admin.")
			if s := p.status(namespace).Server; !s.Active || s.Database != "mysql" {
				t.Errorf("got %+v", s)
			}
			p.privateValues()
			p.install(c, generation, "minimal.yaml", namespace).want(t, exitPreflight,
				"the deployed release stores its data in")
			p.install(c, generation, "mysql.yaml", namespace,
				append(p.mysqlFlags(c), "--force", "--answer", "database.mysql.pool.size=7")...).
				want(t, exitDone, "these values change:\n  ", "database.poolSize: 7\n", "The server is activated")
			p.runs("uninstall", "-n", namespace, "--yes").want(t, exitDone)
			p.runs("status", "-n", namespace).want(t, exitUnexpected, "not installed")
		})
	}
	t.Run("current/sqlite-persistent", func(t *testing.T) {
		t.Parallel()
		p, namespace := newPlace(t).at(c), c.Namespace(t)
		p.install(c, "current", "sqlite-persistent.yaml", namespace).want(t, exitDone)
		r := p.runs("uninstall", "-n", namespace, "--yes").want(t, exitDone)
		if !strings.Contains(r.err, "PersistentVolumeClaim zenml-server-config") {
			t.Errorf("the volume that is kept is not listed: %s", r.err)
		}
	})
}

func (p *place) privateValues() {
	p.t.Helper()
	path := filepath.Join(p.dir, "custom-values.yaml")
	info, err := os.Stat(path)
	if err != nil {
		p.t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		p.t.Errorf("%s has mode %s", path, info.Mode())
	}
}

func TestLegacyChartCannotPersist(t *testing.T) {
	c := testcluster.Start(t)
	p := newPlace(t).at(c)
	p.install(c, "legacy", "sqlite-persistent.yaml", c.Namespace(t)).
		want(t, exitPreflight, "database.sqlite.persistent", "0.94.2")
}

func TestWrongPasswordStopsBeforeInstall(t *testing.T) {
	c := testcluster.Start(t)
	p, namespace := newPlace(t).at(c), "never-made-"+strings.ToLower(t.Name()[:5])
	p.env["ZENML_ADMIN_PASSWORD"] = adminPassword
	flags := append(p.mysqlFlags(c), "--answer", "database.mysql.password=file:"+p.file("wrong", "wr0ng-c4nary"))
	p.install(c, "current", "mysql.yaml", namespace, flags...).want(t, exitPreflight, "database.login")
	if s := p.runs("status", "-n", namespace, "-o", "json"); !strings.Contains(s.out, notInstalled) {
		t.Errorf("something was installed: %s", s.out)
	}
	if _, err := os.Stat(filepath.Join(p.dir, "custom-values.yaml")); err == nil {
		t.Error("the values file was written")
	}
}
