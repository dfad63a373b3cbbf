package render

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	helmyaml "sigs.k8s.io/yaml"
)

// The commands are run by a real shell with a kubectl that shows what the real
// one would create, and must create what the installer would.
func TestCommandsCreateTheSecrets(t *testing.T) {
	for _, tool := range []string{"bash", "kubectl", "jq", "openssl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not here", tool)
		}
	}
	dir := t.TempDir()
	for name, content := range map[string]string{"ca.pem": "canary-ca.pem\n", "service-account.json": "{\"canary\": \"service-account.json\"}\n", "db-password": "canary-db-password\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"mysql-plain", "mysql-production", "store-aws-key", "store-gcp-impersonation", "store-vault-approle", "store-own"} {
		t.Run(name, func(t *testing.T) {
			a := samples(t)[name]
			if name == "store-gcp-impersonation" {
				a.BackupSecretsStore = samples(t)["store-gcp-identity"].SecretsStore
			}
			info := load(t, "current").Info
			s := settings(a)
			doc, err := Values(a, info, s)
			if err != nil {
				t.Fatal(err)
			}
			want, err := Secrets(a, info, s)
			if err != nil {
				t.Fatal(err)
			}
			compareSecrets(t, want, created(t, dir, doc))
		})
	}
}

// Every command names the cluster that is meant: without, the Secrets would go
// to whatever context is the current one.
func TestCommandsNameTheCluster(t *testing.T) {
	a := samples(t)["mysql-production"]
	doc, err := Values(a, load(t, "current").Info, settings(a))
	if err != nil {
		t.Fatal(err)
	}
	script := "kubectl() { printf '%s|' \"$@\" >&3; echo >&3; case \"$*\" in *\"get namespace\"*) return 1;; esac; }\n" +
		strings.Join(doc.Commands("--kubeconfig", "/my files/config", "--context", "prod"), "\n")
	cmd := exec.Command("bash", "-c", "exec 3>&1\n"+script)
	cmd.Env = append(os.Environ(), "DB_PASSWORD=x")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, script)
	}
	calls := strings.Split(strings.TrimSpace(string(out)), "\n")
	for _, call := range calls {
		if !strings.HasPrefix(call, "--kubeconfig|/my files/config|--context|prod|") {
			t.Errorf("kubectl would ask another cluster: %s", call)
		}
	}
	if len(calls) < 3 { // get namespace, create namespace, a Secret
		t.Errorf("the commands: %s", calls)
	}
}

// created runs the commands against no cluster and reads what they made.
func created(t *testing.T, dir string, doc Document) map[string]corev1.Secret {
	t.Helper()
	script := "set -e\nkubectl() { [ \"$1\" = get ] && return 0; command kubectl \"$@\" --dry-run=client -o yaml; echo ---; }\n" + strings.Join(doc.Commands(), "\n")
	if strings.Contains(script, "canary") {
		t.Errorf("a command holds a secret:\n%s", script)
	}
	cmd := exec.Command("bash", "-c", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "KUBECONFIG=/dev/null",
		"DB_PASSWORD=canary-DB_PASSWORD", "AWS_ACCESS_KEY_ID=canary-AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY=canary-AWS_SECRET_ACCESS_KEY",
		"VAULT_SECRET_ID=canary-VAULT_SECRET_ID", "OPTION_3=canary-OPTION_3")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, script)
	}
	found := map[string]corev1.Secret{}
	for _, document := range strings.Split(string(out), "---\n") {
		var s corev1.Secret
		if err := helmyaml.Unmarshal([]byte(document), &s); err != nil {
			t.Fatal(err)
		}
		if s.Name != "" {
			found[s.Name] = s
		}
	}
	return found
}

func compareSecrets(t *testing.T, want []corev1.Secret, got map[string]corev1.Secret) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d Secrets, want %d", len(got), len(want))
	}
	for _, w := range want {
		for key, content := range w.Data {
			have := string(got[w.Name].Data[key])
			switch {
			case key == "encryption-key" && len(have) == 64: // made by openssl
			case key == "auth-config" && sameJSON(have, read(t, content)):
			case key == "ca.pem" && strings.TrimSpace(have) == string(content): // a file is taken as it is
			case have != string(content):
				t.Errorf("%s/%s holds %q, want %q", w.Name, key, have, content)
			}
		}
	}
}
