package cmd

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// variables lists the variables of the server's container.
func variables(t *testing.T, c *testcluster.Cluster, namespace string) []string {
	t.Helper()
	found, err := c.Client(t).AppsV1().Deployments(namespace).Get(t.Context(), "zenml-server", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, v := range found.Spec.Template.Spec.Containers[0].Env {
		names = append(names, v.Name)
	}
	return names
}

// TestActivationIsKept upgrades releases: each keeps the way in which it was
// activated, whichever the installer would choose for a new one.
func TestActivationIsKept(t *testing.T) {
	c := testcluster.Start(t)
	for name, first := range map[string][]string{
		"environment": nil,
		"api":         {"--answer", "admin.through=api"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, namespace := newPlace(t).at(c), c.Namespace(t)
			p.env["ZENML_ADMIN_PASSWORD"] = adminPassword
			flags := append(p.mysqlFlags(c), "--skip", "cluster.admission", "--skip", "database")
			p.install(c, "current", "mysql.yaml", namespace, slices.Concat(flags, first)...).
				want(t, exitDone, "activated with admin admin")
			self := slices.Contains(variables(t, c, namespace), "ZENML_DEFAULT_USER_PASSWORD")
			if self != (name == "environment") {
				t.Errorf("the server activates itself: %t", self)
			}
			p.install(c, "current", "mysql.yaml", namespace, flags...).
				want(t, exitDone, "with the same values", "activated with admin admin")
		})
	}
}

// TestInterruptedInstallNamesOpenServer interrupts installs as the Deployment is
// created. The last lines say how to close a server that nobody has activated.
func TestInterruptedInstallNamesOpenServer(t *testing.T) {
	c := testcluster.Start(t)
	for name, args := range map[string]func(*killBench) []string{
		"environment": func(b *killBench) []string { return b.installArgs("5") },
		"api":         func(b *killBench) []string { return append(b.installArgs("5"), "--answer", "admin.through=api") },
		"browser":     (*killBench).browserArgs,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newKillBench(t, c)
			last := b.interrupt(args(b), "/deployments")
			closes := strings.Contains(last, "-n "+b.namespace+
				" scale deployment -l app.kubernetes.io/instance=zenml-server --replicas=0")
			if closes != (name != "environment") {
				t.Errorf("the last lines are %q", last)
			}
		})
	}
}

// browserArgs installs a server that is activated in the browser.
func (b *killBench) browserArgs() []string {
	return append([]string{"install", "--yes", "-n", b.namespace, "--answer", "database.type=sqlite",
		"--output", filepath.Join(b.dir, "custom-values.yaml"), "--skip", "cluster.admission"},
		chartFlags(b.cluster, "current")...)
}

// interrupt runs the installer as a process, interrupts it when it creates an
// object, and returns the last lines that it prints.
func (b *killBench) interrupt(args []string, created string) string {
	b.t.Helper()
	command := exec.CommandContext(b.t.Context(), os.Args[0], append(args, "--kubeconfig", b.proxy.Kubeconfig(b.t))...)
	command.Env = append(os.Environ(), asInstaller+"=1", "ZENML_ADMIN_PASSWORD="+adminPassword)
	var talk bytes.Buffer
	command.Stderr = &talk
	b.interruptAt(created, command)
	_ = command.Run()
	if code := command.ProcessState.ExitCode(); code != exitInterrupted {
		b.t.Fatalf("exit code %d\n%s", code, &talk)
	}
	lines := strings.Split(strings.TrimSpace(talk.String()), "\n")
	return strings.Join(lines[max(len(lines)-4, 0):], "\n")
}
