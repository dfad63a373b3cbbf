package scenarios_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/adrg/xdg"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/install/account"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
	"github.com/zenml-installer/zenml-installer/internal/testzenml"
)

// pipeline runs two steps and prints the run's status on the server.
const pipeline = `
from zenml import pipeline, step

@step
def one() -> int:
    return 1

@step
def double(number: int) -> int:
    return 2 * number

@pipeline(enable_cache=False)
def counting():
    double(one())

run = counting()
print("status of the run:", run.status, "result:", run.steps["double"].output.load())
`

// TestRealClient logs the real client into an installed server and runs a pipeline against it.
func TestRealClient(t *testing.T) {
	c := testcluster.Start(t)
	cli := testzenml.NewCLI(t)
	i := newInstallation(t, c, "minimal.yaml")
	i.install()
	admin := i.login()
	cli.Login(t, admin)
	cli.Run(t, "zenml", "project", "set", "default")
	if out := cli.Run(t, "zenml", "status"); !strings.Contains(out, admin.URL) ||
		!strings.Contains(out, "The active user is: 'admin'") {
		t.Errorf("zenml status:\n%s", out)
	}
	if out := cli.Script(t, pipeline); !strings.Contains(out, "status of the run: completed result: 2") {
		t.Errorf("the pipeline's run:\n%s", out)
	}
	var runs struct{ Total int }
	admin.Do(t, "GET", "/api/v1/runs?pipeline_name=counting", nil, &runs)
	if runs.Total != 1 {
		t.Errorf("the server has %d runs of the pipeline, want 1", runs.Total)
	}
}

// TestServiceAccount installs with a service account and logs the real client in with
// its API key, from a Secret and from a file. The key is nowhere else, and another
// install keeps it.
func TestServiceAccount(t *testing.T) {
	c := testcluster.Start(t)
	cli := testzenml.NewCLI(t)
	i := newInstallation(t, c, "sqlite-volume.yaml")
	i.with("database: {sqlite: {storageClass: standard}}")
	i.with("admin: {serviceAccount: {name: ci}}")
	i.install()
	i.says("Created service account ci. Its API key is in Secret zenml-server-ci-api-key (key api-key).")
	key := i.apiKey("zenml-server-ci-api-key")
	cli.LoginWithKey(t, i.cluster.Forward(i, i.namespace, i.pod()), key)
	if out := cli.Run(t, "zenml", "status"); !strings.Contains(out, "The active user is: 'ci'") {
		t.Errorf("zenml status:\n%s", out)
	}
	i.isNowhere(key, "zenml-server-ci-api-key")

	i.install()
	i.says("Kept the API key of service account ci in Secret zenml-server-ci-api-key (key api-key).")
	if again := i.apiKey("zenml-server-ci-api-key"); again != key {
		t.Errorf("the second install replaced the key (%t)", strings.HasPrefix(key, "ZENKEY_"))
	}

	i.with("admin: {serviceAccount: {name: ci, file: ci.key}}")
	i.install()
	path := filepath.Join(i.dir, "ci.key")
	i.says("Service account ci exists. Its new API key is in file " + path + ".")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%s: %v, %v", path, info.Mode(), err)
	}
	cli.LoginWithKey(t, i.cluster.Forward(i, i.namespace, i.pod()), strings.TrimSpace(string(readFile(t, path))))

	i.check(os.Remove(path))
	i.install()
	i.says("Replaced the API key of service account ci")
}

// says fails unless the last install printed a text.
func (i *installation) says(text string) {
	i.Helper()
	if !strings.Contains(i.output, text) {
		i.Errorf("%q is missing in\n%s", text, i.output)
	}
}

// apiKey returns the API key in a Secret of the release.
func (i *installation) apiKey(name string) string {
	i.Helper()
	found, err := i.cluster.Client(i).CoreV1().Secrets(i.namespace).Get(i.Context(), name, metav1.GetOptions{})
	i.check(err)
	if found.Labels["app.kubernetes.io/instance"] != "zenml-server" || len(found.Data[account.SecretKey]) == 0 {
		i.Fatalf("labels %v, %d keys", found.Labels, len(found.Data))
	}
	return string(found.Data[account.SecretKey])
}

// isNowhere fails if a key is in the output, the files, the state, the pods' logs or a
// Secret other than the one that keeps it.
func (i *installation) isNowhere(key, secret string) {
	i.Helper()
	seen := map[string]string{"output": i.output, "pods' logs": i.state()}
	_, seen["evidence"] = i.run("diagnose", "-n", i.namespace, "-o", "json")
	for _, root := range []string{i.dir, filepath.Join(xdg.StateHome, "zenml-installer")} {
		i.check(filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil || d.Name() == "sandbox":
				return fs.SkipDir
			case d.Type().IsRegular():
				seen[path] = string(readFile(i.T, path))
			}
			return nil
		}))
	}
	secrets, err := i.cluster.Client(i).CoreV1().Secrets(i.namespace).List(i.Context(), metav1.ListOptions{})
	i.check(err)
	for _, s := range secrets.Items {
		if s.Name != secret && s.Type != corev1.SecretType("helm.sh/release.v1") { // Helm's is older than the key
			for name, value := range s.Data {
				seen["Secret "+s.Name+" "+name] = string(value)
			}
		}
	}
	for place, text := range seen {
		if strings.Contains(text, key) || strings.Contains(text, strings.TrimPrefix(key, "ZENKEY_")) {
			i.Errorf("%s contains the API key", place)
		}
	}
	i.Logf("searched %d places for the key", len(seen))
}
