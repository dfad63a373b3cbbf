package cmd_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/cmd"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
	"github.com/zenml-installer/zenml-installer/internal/testzenml"
)

// realPassword is the admin's on the servers of these tests.
const realPassword = "Real-Server-c4nary-1!"

// realInstall is an installation of the real server by the installer.
type realInstall struct {
	t         *testing.T
	cluster   *testcluster.Cluster
	namespace string
}

// installReal installs a version of the real server with an answers file, unattended, and has it activated.
func installReal(t *testing.T, version, answers string, flags ...string) *realInstall {
	t.Helper()
	c := testcluster.Start(t)
	chart := c.RealServer(t, version)
	i := &realInstall{t: t, cluster: c, namespace: c.Namespace(t)}
	i.install(chart, answers, flags...)
	return i
}

// install installs or upgrades to a chart.
func (i *realInstall) install(chart testcluster.Chart, answers string, flags ...string) {
	i.t.Helper()
	dir := i.t.TempDir()
	file := filepath.Join(dir, "answers.yaml")
	text := "version: 1\n" + answers + "admin: {activate: auto, password: {env: ZENML_ADMIN_PASSWORD}}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		i.t.Fatal(err)
	}
	args := append([]string{"install", "-f", file, "--yes", "-n", i.namespace, "--kubeconfig", i.cluster.Kubeconfig,
		"--output", filepath.Join(dir, "custom-values.yaml")}, chart.Flags()...)
	env := map[string]string{"ZENML_ADMIN_PASSWORD": realPassword, "KUBECONFIG": i.cluster.Kubeconfig}
	var out bytes.Buffer
	code := cmd.Main(append(args, flags...), cmd.Streams{
		In: strings.NewReader(""), Out: &out, Err: &out,
		Getenv: func(name string) (string, bool) { value, ok := env[name]; return value, ok },
	})
	if code != 0 || !strings.Contains(out.String(), "The server is activated with admin admin.") {
		i.t.Fatalf("exit code %d\n%s", code, out.String())
	}
}

// login logs the admin into the server through a port-forward.
func (i *realInstall) login() *testzenml.Client {
	i.t.Helper()
	client := &testzenml.Client{URL: i.cluster.Forward(i.t, i.namespace, i.cluster.ServerPod(i.t, i.namespace))}
	client.WaitReady(i.t)
	client.Login(i.t, "admin", realPassword)
	return client
}

// restart deletes the server's pod, at once.
func (i *realInstall) restart() {
	i.t.Helper()
	old, now := i.cluster.ServerPod(i.t, i.namespace), int64(0)
	pods := i.cluster.Client(i.t).CoreV1().Pods(i.namespace)
	if err := pods.Delete(i.t.Context(), old, metav1.DeleteOptions{GracePeriodSeconds: &now}); err != nil {
		i.t.Fatal(err)
	}
}

// mysqlAnswers are for a database of the test on the sandbox's server.
func mysqlAnswers(t *testing.T, c *testcluster.Cluster) []string {
	t.Helper()
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte(c.Database.Password.Reveal()), 0o600); err != nil {
		t.Fatal(err)
	}
	var flags []string
	for key, value := range map[string]string{
		"host": c.Database.Host, "port": strconv.Itoa(c.Database.Port), "user": c.Database.User,
		"name": c.DatabaseName(t), "password": "file:" + password,
	} {
		flags = append(flags, "--answer", fmt.Sprintf("database.mysql.%s=%s", key, value))
	}
	return flags
}

// fill creates what must survive, and returns a function that looks for it.
func (i *realInstall) fill() (verify func()) {
	i.t.Helper()
	client := i.login()
	client.CreateProject(i.t, "kept")
	id := client.CreateSecret(i.t, "kept", map[string]string{"key": "value"})
	return func() {
		i.t.Helper()
		client := i.login()
		if !client.HasProject(i.t, "kept") {
			i.t.Error("the project is lost")
		}
		if got := client.Secret(i.t, id)["key"]; got != "value" {
			i.t.Errorf("the secret has value %q, want %q", got, "value")
		}
	}
}

func TestRealServer(t *testing.T) {
	c := testcluster.Start(t)
	c.RealServer(t, testcluster.RealCurrent)
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		i := installReal(t, testcluster.RealCurrent, "database: {type: sqlite}\n")
		var user struct{ Name string }
		i.login().Do(t, "GET", "/api/v1/current-user", nil, &user)
		if user.Name != "admin" {
			t.Errorf("logged in as %q, want admin", user.Name)
		}
	})
	t.Run("sqlite on a volume keeps its data", func(t *testing.T) {
		t.Parallel()
		i := installReal(t, testcluster.RealCurrent, "database: {type: sqlite, sqlite: {persistent: true}}\n")
		verify := i.fill()
		i.restart()
		verify()
	})
	t.Run("mysql keeps its data", func(t *testing.T) {
		t.Parallel()
		i := installReal(t, testcluster.RealCurrent, "database: {type: mysql, mysql: {tls: {mode: require}}}\n",
			mysqlAnswers(t, c)...)
		verify := i.fill()
		i.restart()
		verify()
	})
}

func TestRealServer_upgrade(t *testing.T) {
	c := testcluster.Start(t)
	flags := mysqlAnswers(t, c)
	const answers = "database: {type: mysql}\n"
	i := installReal(t, testcluster.RealLegacy, answers, flags...)
	verify := i.fill()
	i.install(c.RealServer(t, testcluster.RealCurrent), answers, append(flags, "--force")...)
	verify()
}
