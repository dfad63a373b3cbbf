package scenarios_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/cmd"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
	"github.com/zenml-installer/zenml-installer/internal/testzenml"
)

// adminPassword is the admin's password on all servers.
const adminPassword = "Real-Server-c4nary-1!"

// installation is an installation of the real server in its own namespace.
type installation struct {
	*testing.T

	cluster   *testcluster.Cluster
	namespace string
	sample    string // sample of the answers
	dir       string // folder of the answers and the files that they name
	env       map[string]string
	flags     []string
	answers   []string // merged into the sample
	user      string   // name of the admin
	database  string   // name of the database on the sandbox's MySQL
	verify    func()   // verifies the data that fill created
	hosts     string   // /etc/hosts of the installer, which then runs in its own process
	output    string   // of the last install
}

func newInstallation(t *testing.T, c *testcluster.Cluster, samples ...string) *installation {
	t.Helper()
	i := &installation{T: t, cluster: c, namespace: c.Namespace(t), dir: t.TempDir(), user: "admin",
		env: map[string]string{"ZENML_ADMIN_PASSWORD": adminPassword, "KUBECONFIG": c.Kubeconfig}}
	if len(samples) > 0 {
		i.sample = samples[0]
	}
	i.with("admin: {activate: auto, password: {env: ZENML_ADMIN_PASSWORD}}")
	return i
}

// with adds answers to those of the sample.
func (i *installation) with(format string, args ...any) {
	i.answers = append(i.answers, fmt.Sprintf(format, args...))
}

// file writes a file next to the answers.
func (i *installation) file(name string, content []byte) {
	i.Helper()
	if err := os.WriteFile(filepath.Join(i.dir, name), content, 0o600); err != nil {
		i.Fatal(err)
	}
}

// check fails the test for an error.
func (i *installation) check(err error) {
	i.Helper()
	if err != nil {
		i.Fatal(err)
	}
}

// readFile returns the content of a file.
func readFile(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// secret creates a Secret in the namespace.
func (i *installation) secret(name string, data map[string]string) {
	i.Helper()
	object := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: name}, StringData: data}
	secrets := i.cluster.Client(i).CoreV1().Secrets(i.namespace)
	if _, err := secrets.Create(i.Context(), object, metav1.CreateOptions{}); err != nil {
		i.Fatal(err)
	}
}

// install installs the current version of the server, which must succeed.
func (i *installation) install(flags ...string) {
	i.Helper()
	i.installVersion(current, flags...)
}

// installVersion installs a version of the server or upgrades to it, which must succeed.
func (i *installation) installVersion(version string, flags ...string) {
	i.Helper()
	start := time.Now()
	code, out := i.attempt(version, flags...)
	if code != 0 || !strings.Contains(out, "The server is activated with admin "+i.user+".") {
		i.Fatalf("exit code %d\n%s\n%s", code, out, i.state())
	}
	i.output = out
	i.Logf("installed %s in %.1f s", version, time.Since(start).Seconds())
}

// attempt runs an install of a version of the server, and returns its exit code and output.
func (i *installation) attempt(version string, flags ...string) (int, string) {
	i.Helper()
	chart := i.cluster.RealServer(i, version)
	i.file("answers.yaml", answersFile(i.T, i.sample, i.answers...))
	args := append([]string{"install", "-f", filepath.Join(i.dir, "answers.yaml"), "--yes", "-n", i.namespace,
		"--force", "--output", filepath.Join(i.dir, "custom-values.yaml")}, chart.Flags()...)
	return i.run(append(append(args, i.flags...), flags...)...)
}

// run runs a command line of the installer.
func (i *installation) run(args ...string) (int, string) {
	i.Helper()
	args = append(args, "--kubeconfig", i.cluster.Kubeconfig)
	if i.hosts != "" {
		return i.runProcess(args...)
	}
	var out bytes.Buffer
	code := cmd.Main(args, cmd.Streams{
		In: strings.NewReader(""), Out: &out, Err: &out,
		Getenv: func(name string) (string, bool) { value, ok := i.env[name]; return value, ok },
	})
	return code, out.String()
}

// login logs in as admin through a port-forward.
func (i *installation) login() *testzenml.Client {
	i.Helper()
	return i.loginThrough(i.cluster.Forward(i, i.namespace, i.pod()))
}

// loginThrough logs in as admin at a URL.
func (i *installation) loginThrough(url string) *testzenml.Client {
	i.Helper()
	client := &testzenml.Client{URL: url}
	client.WaitReady(i)
	client.Login(i, i.user, adminPassword)
	return client
}

// pod returns a ready pod of the server.
func (i *installation) pod() string {
	i.Helper()
	return i.cluster.ServerPod(i, i.namespace)
}

// python runs a script in the server's pod.
func (i *installation) python(script string) string {
	i.Helper()
	return i.cluster.Exec(i, i.namespace, i.pod(), "python3", "-c", script)
}

// restart deletes the server's pods without a grace period.
func (i *installation) restart() {
	i.Helper()
	now := int64(0)
	pods := i.cluster.Client(i).CoreV1().Pods(i.namespace)
	if err := pods.DeleteCollection(i.Context(), metav1.DeleteOptions{GracePeriodSeconds: &now},
		metav1.ListOptions{LabelSelector: "app.kubernetes.io/instance"}); err != nil {
		i.Fatal(err)
	}
}

// fill creates data that must survive, and returns a function that verifies it.
func (i *installation) fill() (verify func()) {
	i.Helper()
	client := i.login()
	client.CreateProject(i, "kept")
	id := client.CreateSecret(i, "kept", map[string]string{"key": "value"})
	return func() {
		i.Helper()
		client := i.login()
		if !client.HasProject(i, "kept") {
			i.Error("the project is lost")
		}
		if got := client.Secret(i, id)["key"]; got != "value" {
			i.Errorf("the secret has value %q, want %q", got, "value")
		}
	}
}

// keepsData installs the server and verifies that data survives a restart of its pods.
func (i *installation) keepsData() {
	i.Helper()
	i.install()
	verify := i.fill()
	i.restart()
	verify()
}

// state describes the pods of a failed installation, and the end of their logs.
func (i *installation) state() string {
	var text strings.Builder
	client := i.cluster.Client(i)
	pods, err := client.CoreV1().Pods(i.namespace).List(i.Context(), metav1.ListOptions{})
	if err != nil {
		return err.Error()
	}
	lines := int64(15)
	for _, pod := range pods.Items {
		fmt.Fprintf(&text, "--- pod %s is %s\n", pod.Name, pod.Status.Phase)
		log, err := client.CoreV1().Pods(i.namespace).GetLogs(pod.Name, &corev1.PodLogOptions{TailLines: &lines}).
			DoRaw(i.Context())
		fmt.Fprintf(&text, "%s%v\n", log, err)
	}
	return text.String()
}
