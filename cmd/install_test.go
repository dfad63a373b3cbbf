package cmd

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/install/typical"
	"github.com/zenml-installer/zenml-installer/internal/answers"
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
	t.Run("current/admin password", func(t *testing.T) {
		t.Parallel()
		p, namespace := newPlace(t).at(c), c.Namespace(t)
		p.install(c, "current", "mysql.yaml", namespace, p.mysqlFlags(c)...).want(t, exitPreflight,
			"environment variable ZENML_ADMIN_PASSWORD is not set")
		p.env["ZENML_ADMIN_PASSWORD"] = "weak"
		p.install(c, "current", "mysql.yaml", namespace, p.mysqlFlags(c)...).want(t, exitPreflight,
			"too weak for the dashboard", "a secret in the answers cannot be read or is not valid",
			"Error: preflight failed: supply.references. Nothing was changed: follow")
		p.runs("status", "-n", namespace).want(t, exitUnexpected, "not installed")
	})
	t.Run("current/sqlite-persistent", func(t *testing.T) {
		t.Parallel()
		p, namespace := newPlace(t).at(c), c.Namespace(t)
		p.install(c, "current", "sqlite-persistent.yaml", namespace).want(t, exitDone)
		if usual := usualInstall(); usual < time.Second {
			t.Errorf("the next install usually takes %s", usual)
		}
		r := p.runs("uninstall", "-n", namespace, "--yes").want(t, exitDone)
		if !strings.Contains(r.err, "PersistentVolumeClaim zenml-server-config") {
			t.Errorf("the volume that is kept is not listed: %s", r.err)
		}
	})
}

// usualInstall returns how long the next install is said to take usually.
func usualInstall() (usual time.Duration) {
	durations().Start(typical.Run{Database: answers.SQLiteDatabase}.Kind(), func(e event.Event) {
		if started, ok := e.(event.RunStarted); ok {
			usual = started.Typical
		}
	})
	return usual
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
		want(t, exitPreflight, "database.sqlite.persistent", "0.85.0")
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

// TestValuesFileInTheWay names the file that must not be overwritten before the
// preflight begins.
func TestValuesFileInTheWay(t *testing.T) {
	c := testcluster.Start(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	path := p.file("custom-values.yaml", "mine: true\n")
	args := append([]string{"install", "--yes", "-n", namespace, "--answer", "database.type=sqlite", "--output", path},
		chartFlags(c, "current")...)
	r := p.runs(args...).want(t, exitUsage, path+": file already exists with other content", "--force")
	if strings.Contains(r.err, "passed") {
		t.Errorf("the preflight ran: %s", r.err)
	}
	if content, err := os.ReadFile(path); err != nil || string(content) != "mine: true\n" {
		t.Errorf("the file has changed: %s %v", content, err)
	}
}

// TestMissingKubeconfigFailsPreflight ends an install as it ends a preflight.
func TestMissingKubeconfigFailsPreflight(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.env["KUBECONFIG"] = filepath.Join(p.dir, "missing")
	for _, command := range [][]string{{"preflight"}, {"install", "--yes"}} {
		args := slices.Concat(command, []string{"--answer", "database.type=sqlite"}, standIn("current"))
		p.runs(args...).want(t, exitPreflight, "cluster.kubeconfig", p.env["KUBECONFIG"])
	}
}

// TestWaitForOther starts an install while another one works on the release. It
// waits, and then upgrades what the other has installed.
func TestWaitForOther(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	p.env["ZENML_ADMIN_PASSWORD"] = adminPassword
	flags := append(p.mysqlFlags(c), "--skip", "cluster.admission", "--skip", "database")
	first := make(chan result, 1)
	go func() { first <- p.install(c, "current", "mysql.yaml", namespace, flags...) }()
	leases := c.Client(t).CoordinationV1().Leases(namespace)
	for {
		found, err := leases.List(t.Context(), metav1.ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if len(found.Items) > 0 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	second := newPlace(t).at(c)
	second.env["ZENML_ADMIN_PASSWORD"] = adminPassword
	r := second.install(c, "current", "mysql.yaml", namespace, append(flags, "--wait-for-other")...)
	(<-first).want(t, exitDone, "activated with admin admin")
	r.want(t, exitDone, "waiting for the run of", "revision 1", "activated with admin admin")
}
