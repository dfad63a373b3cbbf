package cmd

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/poll"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
	"github.com/zenml-installer/zenml-installer/internal/zenml"
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
// created. The last line says how to close a server that nobody has activated.
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
				t.Errorf("the last line is %q", last)
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
// object, and returns the last line that it prints.
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
	return lines[len(lines)-1]
}

// TestMeasureInstall measures the time from the confirmation of an install until
// the real server answers on a local port, beside `helm install --wait` and a
// port-forward, five times each in turns. It runs if ZENML_TEST_HELM is the path of
// Helm.
func TestMeasureInstall(t *testing.T) {
	helm := os.Getenv("ZENML_TEST_HELM")
	if helm == "" {
		t.Skip("run make measure-install")
	}
	c := testcluster.Start(t)
	chart := c.RealServer(t, testcluster.RealCurrent)
	m := &installMeasure{place: newPlace(t).at(c), cluster: c, chart: chart, helm: helm}
	m.values = m.file("answers.yaml", "version: 1\ndatabase: {type: sqlite}\nexpose: {type: port-forward}\n")
	m.runs(slices.Concat([]string{"generate", "-f", m.values, "--output", filepath.Join(m.dir, "values.yaml")},
		chart.Flags())...).want(t, exitDone)
	m.command("pull", chart.Ref, "--version", chart.Version, "--plain-http", "-d", m.dir)
	const rounds = 5
	var ours, theirs time.Duration
	for round := range rounds {
		one, other := m.installer(), m.helmInstall()
		t.Logf("round %d: installer %.1f s, helm %.1f s", round+1, one.Seconds(), other.Seconds())
		ours, theirs = ours+one, theirs+other
	}
	ratio := ours.Seconds() / theirs.Seconds()
	t.Logf("mean: installer %.1f s, helm %.1f s, ratio %.2f", ours.Seconds()/rounds, theirs.Seconds()/rounds, ratio)
	if ratio > 0.6 {
		t.Errorf("the ratio is %.2f, more than 0.6", ratio)
	}
}

// installMeasure is where TestMeasureInstall works.
type installMeasure struct {
	*place
	cluster *testcluster.Cluster
	chart   testcluster.Chart
	helm    string
	values  string
}

// installer returns the time from the first step of an install, after the checks,
// until the server answers.
func (m *installMeasure) installer() time.Duration {
	m.t.Helper()
	namespace, port := m.cluster.Namespace(m.t), freePort(m.t)
	steps := &firstStep{at: make(chan time.Time, 1)}
	args := slices.Concat([]string{"install", "-f", m.values, "--yes", "-n", namespace, "--port", port, "--no-open", "--force",
		"--output", filepath.Join(m.dir, "installed.yaml"), "--kubeconfig", m.env["KUBECONFIG"]}, m.chart.Flags())
	ended := make(chan int, 1)
	go func() {
		ended <- Main(args, Streams{In: strings.NewReader(""), Out: io.Discard, Err: steps,
			Getenv: func(string) (string, bool) { return "", false }})
	}()
	var begin time.Time
	select {
	case begin = <-steps.at:
	case code := <-ended:
		m.t.Fatalf("exit code %d:\n%s", code, steps.text.String())
	}
	m.answers("http://127.0.0.1:" + port)
	took := time.Since(begin)
	if code := <-ended; code != exitDone {
		m.t.Fatalf("exit code %d:\n%s", code, steps.text.String())
	}
	m.runs("uninstall", "-n", namespace, "--yes").want(m.t, exitDone)
	return took
}

// helmInstall returns the time of `helm install --wait` and a port-forward.
func (m *installMeasure) helmInstall() time.Duration {
	m.t.Helper()
	namespace := m.cluster.Namespace(m.t)
	begin := time.Now()
	m.command("install", "zenml-server", filepath.Join(m.dir, "zenml-"+m.chart.Version+".tgz"), "-n", namespace, "--wait",
		"-f", filepath.Join(m.dir, "values.yaml"))
	m.answers(m.cluster.Forward(m.t, namespace, m.cluster.ServerPod(m.t, namespace)))
	took := time.Since(begin)
	m.command("uninstall", "zenml-server", "-n", namespace, "--wait")
	return took
}

func (m *installMeasure) command(args ...string) {
	m.t.Helper()
	run := exec.CommandContext(m.t.Context(), m.helm, append(args, "--kubeconfig", m.cluster.Kubeconfig)...) //nolint:gosec // Helm
	if out, err := run.CombinedOutput(); err != nil {
		m.t.Fatalf("helm %v: %v\n%s", args, err, out)
	}
}

// answers waits until the server at url answers.
func (m *installMeasure) answers(url string) {
	m.t.Helper()
	ctx, cancel := context.WithTimeout(m.t.Context(), 3*time.Minute)
	defer cancel()
	err := poll.Until(ctx, 50*time.Millisecond, func() (bool, error) {
		_, err := zenml.Client{Base: url}.Info(ctx)
		return err == nil, nil
	})
	if err != nil {
		m.t.Fatal(err)
	}
}

// firstStep records when the first step of an install starts.
type firstStep struct {
	mu   sync.Mutex
	text bytes.Buffer
	at   chan time.Time
	seen bool
}

func (f *firstStep) Write(data []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.seen && strings.Contains(string(data), "check release zenml-server") {
		f.seen = true
		f.at <- time.Now()
	}
	return f.text.Write(data)
}
