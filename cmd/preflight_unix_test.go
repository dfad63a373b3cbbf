//go:build unix

package cmd

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// TestPreflightInterrupted signals while the probe pod waits for a silent
// database. The pod and its Secret with the password must be removed, and the
// report written.
func TestPreflightInterrupted(t *testing.T) {
	c := testcluster.Start(t)
	if !c.RealNodes {
		t.Skip("needs a node that runs containers")
	}
	for name, how := range map[string]struct {
		signals []syscall.Signal
		output  string
	}{
		"Ctrl-C":               {[]syscall.Signal{syscall.SIGINT}, "text"},
		"end":                  {[]syscall.Signal{syscall.SIGTERM}, "junit"},
		"the terminal goes":    {[]syscall.Signal{syscall.SIGHUP, syscall.SIGHUP}, "json"},
		"Ctrl-C, then it goes": {[]syscall.Signal{syscall.SIGINT, syscall.SIGHUP}, "json"},
	} {
		t.Run(name, func(t *testing.T) {
			p, namespace := newPlace(t).at(c), c.Namespace(t)
			r := p.interrupted(c, namespace, how.output, nil, how.signals...)
			r.want(t, exitInterrupted, "interrupted", "database.in-cluster")
			readable(t, how.output, r.out)
			left, err := c.Client(t).CoreV1().Secrets(namespace).List(t.Context(),
				metav1.ListOptions{LabelSelector: "app.kubernetes.io/component=preflight"})
			if err != nil || len(left.Items) > 0 {
				t.Errorf("not removed: %v %v", left.Items, err)
			}
			pods, err := c.Client(t).CoreV1().Pods(namespace).List(t.Context(), metav1.ListOptions{})
			if err != nil ||
				slices.ContainsFunc(pods.Items, func(p corev1.Pod) bool { return p.DeletionTimestamp == nil }) {
				t.Errorf("not removed: %v %v", pods.Items, err)
			}
		})
	}
}

// TestPreflightUnderNohup continues when the terminal closes, and reports that
// the database closes the connection.
func TestPreflightUnderNohup(t *testing.T) {
	c := testcluster.Start(t)
	if !c.RealNodes {
		t.Skip("needs a node that runs containers")
	}
	p := newPlace(t).at(c)
	p.interrupted(c, c.Namespace(t), "text", []string{"nohup"}, syscall.SIGHUP).want(t, exitPreflight,
		"does not speak MySQL")
}

// interrupted runs a preflight in its own process and signals it when the probe
// pod has connected to the database, which then closes the connection.
func (p *place) interrupted(
	c *testcluster.Cluster,
	namespace, output string,
	under []string,
	signals ...syscall.Signal,
) result {
	p.t.Helper()
	silent, err := net.Listen("tcp", net.JoinHostPort(c.HostAddress, "0"))
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = silent.Close() })
	self, err := os.Executable()
	if err != nil {
		p.t.Fatal(err)
	}
	args := slices.Concat([]string{"preflight", "-f", "../assets/answers/mysql.yaml", "--only", "database.in-cluster",
		"-n", namespace, "-o", output, "--kubeconfig", c.Kubeconfig},
		p.mysqlFlags(c), []string{"--answer", "database.mysql.host=" + c.HostAddress, "--answer",
			"database.mysql.port=" + strconv.Itoa(silent.Addr().(*net.TCPAddr).Port)}, chartFlags(c, "current"))
	line := slices.Concat(under, []string{self}, args)
	command := exec.Command(line[0], line[1:]...)
	var out, stderr bytes.Buffer
	command.Env = append(os.Environ(), asInstaller+"=1", "ZENML_ADMIN_PASSWORD="+adminPassword)
	command.Stdout, command.Stderr = &out, &stderr
	if err := command.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = command.Process.Kill() })
	if err := silent.(*net.TCPListener).SetDeadline(time.Now().Add(time.Minute)); err != nil {
		p.t.Fatal(err)
	}
	conn, err := silent.Accept()
	if err != nil {
		p.t.Fatalf("no pod connected to the database: %v\n%s", err, stderr.String())
	}
	for _, s := range signals {
		_ = command.Process.Signal(s)
	}
	_ = conn.Close()
	err = command.Wait()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		p.t.Fatal(err)
	}
	return result{code: command.ProcessState.ExitCode(), out: out.String(), err: stderr.String()}
}

// readable checks that a report is complete.
func readable(t *testing.T, output, report string) {
	t.Helper()
	var into any
	var err error
	switch output {
	case "json":
		err = json.Unmarshal([]byte(report), &into)
	case "junit":
		err = xml.Unmarshal([]byte(report), &struct {
			XMLName xml.Name `xml:"testsuites"`
		}{})
	}
	if err != nil {
		t.Errorf("the report is invalid: %v\n%s", err, report)
	}
}
