package scenarios_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/cmd"
	"github.com/zenml-installer/zenml-installer/internal/poll"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
	"github.com/zenml-installer/zenml-installer/internal/zenml"
)

// TestMeasureInstall measures the time from the confirmation of an install until
// the real server answers on a local port, beside `helm install --wait` and a
// port-forward, five times each in turns. An install before them pulls the image to
// the node, for both. It runs if ZENML_TEST_HELM is the path of Helm.
func TestMeasureInstall(t *testing.T) {
	helm := os.Getenv("ZENML_TEST_HELM")
	if helm == "" {
		t.Skip("run make measure-install")
	}
	c := testcluster.Start(t)
	chart := c.RealServer(t, testcluster.RealCurrent)
	m := &installMeasure{t: t, dir: t.TempDir(), cluster: c, chart: chart, helm: helm}
	m.answers = filepath.Join(m.dir, "answers.yaml")
	text := "version: 1\ndatabase: {type: sqlite}\nexpose: {type: port-forward}\n"
	if err := os.WriteFile(m.answers, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	m.succeeds(io.Discard, slices.Concat([]string{"generate", "-f", m.answers, "--output",
		filepath.Join(m.dir, "values.yaml")}, chart.Flags())...)
	m.command("pull", chart.Ref, "--version", chart.Version, "--plain-http", "-d", m.dir)
	m.helmInstall()
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
	t       *testing.T
	dir     string
	cluster *testcluster.Cluster
	chart   testcluster.Chart
	helm    string
	answers string // the answers file
}

// succeeds runs the installer, which must succeed.
func (m *installMeasure) succeeds(messages io.Writer, args ...string) {
	m.t.Helper()
	code := cmd.Main(append(args, "--kubeconfig", m.cluster.Kubeconfig), cmd.Streams{
		In: strings.NewReader(""), Out: io.Discard, Err: messages,
		Getenv: func(string) (string, bool) { return "", false },
	})
	if code != 0 {
		m.t.Errorf("%v: exit code %d", args, code)
	}
}

// installer returns the time from the first step of an install, after the checks,
// until the server answers.
func (m *installMeasure) installer() time.Duration {
	m.t.Helper()
	namespace, port := m.cluster.Namespace(m.t), freePort(m.t)
	steps := &firstStep{at: make(chan time.Time, 1)}
	args := slices.Concat([]string{"install", "-f", m.answers, "--yes", "-n", namespace, "--port", port, "--no-open",
		"--force", "--output", filepath.Join(m.dir, "installed.yaml")}, m.chart.Flags())
	ended := make(chan struct{})
	go func() { defer close(ended); m.succeeds(steps, args...) }()
	var begin time.Time
	select {
	case begin = <-steps.at:
	case <-ended:
		m.t.Fatal(steps.text.String())
	}
	m.waitForAnswer("http://127.0.0.1:" + port)
	took := time.Since(begin)
	<-ended
	m.logParts(namespace, begin, took)
	m.succeeds(io.Discard, "uninstall", "-n", namespace, "--yes")
	return took
}

// logParts logs the parts of an install: until the container starts, until the server
// listens, and until it answers through the port-forward.
func (m *installMeasure) logParts(namespace string, begin time.Time, took time.Duration) {
	m.t.Helper()
	client := m.cluster.Client(m.t).CoreV1().Pods(namespace)
	name := m.cluster.ServerPod(m.t, namespace)
	pod, err := client.Get(m.t.Context(), name, metav1.GetOptions{})
	if err != nil {
		m.t.Fatal(err)
	}
	log, err := client.GetLogs(name, &corev1.PodLogOptions{Timestamps: true}).DoRaw(m.t.Context())
	if err != nil {
		m.t.Fatal(err)
	}
	listens := ""
	for line := range strings.Lines(string(log)) {
		at, text, _ := strings.Cut(line, " ")
		if t, err := time.Parse(time.RFC3339Nano, at); err == nil && strings.Contains(text, "Uvicorn running") {
			listens = fmt.Sprintf("server listens after %.1f s, ", t.Sub(begin).Seconds())
		}
	}
	for _, s := range pod.Status.ContainerStatuses {
		m.t.Logf("container %s started after %.0f s, %sanswers after %.1f s", s.Name,
			s.State.Running.StartedAt.Sub(begin).Seconds(), listens, took.Seconds())
	}
}

// helmInstall returns the time of `helm install --wait` and a port-forward.
func (m *installMeasure) helmInstall() time.Duration {
	m.t.Helper()
	namespace := m.cluster.Namespace(m.t)
	begin := time.Now()
	m.command("install", "zenml-server", filepath.Join(m.dir, "zenml-"+m.chart.Version+".tgz"), "-n", namespace, "--wait",
		"-f", filepath.Join(m.dir, "values.yaml"))
	m.waitForAnswer(m.cluster.Forward(m.t, namespace, m.cluster.ServerPod(m.t, namespace)))
	took := time.Since(begin)
	m.command("uninstall", "zenml-server", "-n", namespace, "--wait")
	return took
}

func (m *installMeasure) command(args ...string) {
	m.t.Helper()
	args = append(args, "--kubeconfig", m.cluster.Kubeconfig)
	run := exec.CommandContext(m.t.Context(), m.helm, args...) //nolint:gosec // Helm
	if out, err := run.CombinedOutput(); err != nil {
		m.t.Fatalf("helm %v: %v\n%s", args, err, out)
	}
}

// waitForAnswer waits until the server at url answers.
func (m *installMeasure) waitForAnswer(url string) {
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

// freePort returns a local port that is not in use.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}
