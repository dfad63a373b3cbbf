package cluster

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// withPlugin returns the access of a kubeconfig that gets the administrator's client
// certificate from a credential plugin. The script runs before the plugin prints it.
func withPlugin(t *testing.T, c *testcluster.Cluster, name, script string) *kube.Access {
	t.Helper()
	config, err := c.Access().Config()
	checktest.Must(t, err)
	answer, err := json.Marshal(map[string]any{
		"apiVersion": "client.authentication.k8s.io/v1beta1", "kind": "ExecCredential", "status": map[string]any{
			"expirationTimestamp":   time.Now().Add(20 * time.Second).UTC().Format(time.RFC3339),
			"clientCertificateData": string(config.CertData), "clientKeyData": string(config.KeyData),
		},
	})
	checktest.Must(t, err)
	dir := t.TempDir()
	path := filepath.Join(dir, name)
	checktest.Must(t, os.WriteFile(filepath.Join(dir, "credential.json"), answer, 0o600))
	script = fmt.Sprintf("#!/bin/sh\n%s\ncat %s/credential.json\n", script, dir)
	checktest.Must(t, os.WriteFile(path, []byte(script), 0o700)) //nolint:gosec // a program of this test
	return checktest.Kubeconfig(t, c, func(config *clientcmdapi.Config) {
		for _, user := range config.AuthInfos {
			*user = clientcmdapi.AuthInfo{Exec: &clientcmdapi.ExecConfig{
				Command: path, APIVersion: "client.authentication.k8s.io/v1beta1",
				InteractiveMode: clientcmdapi.IfAvailableExecInteractiveMode,
			}}
		}
	})
}

func TestCredentials(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	for name, test := range map[string]struct {
		plugin, script string
		status         check.Status
		say            []string
	}{
		"ok": {"aws", "", check.Pass, []string{"credentials from "}},
		"warn": {"gke-gcloud-auth-plugin", "echo 'your gcloud is outdated; to update run: gcloud components update' >&2",
			check.Warned, []string{"works, but prints: your gcloud is outdated", "kubectl auth whoami --context "}},
		"fail": {"aws", "echo 'Error loading SSO Token: Token for my-sso does not exist' >&2; exit 255",
			check.Failed, []string{"fails (exit status 255): Error loading SSO Token", "aws sso login\n"}},
		"ask": {"aws", "printf 'Enter MFA code for arn:aws:iam::111122223333:mfa/me: ' >&2; read -r code || exit 1",
			check.Failed, []string{"asks for input: Enter MFA code", "log in where the plugin can ask"}},
		"ask a terminal": {"oci", "printf 'Private key passphrase: ' >/dev/tty && read -r code </dev/tty || exit 1",
			check.Failed, []string{"fails", "oci session authenticate"}},
		"broken": {"tsh", "echo not JSON; exit 0", check.Failed, []string{"returns no credentials: its output is not JSON"}},
	} {
		t.Run(name, func(t *testing.T) {
			e := checktest.WithCluster(t, withPlugin(t, c, test.plugin, test.script), namespace)
			report := look(t, e, "cluster.credentials", "cluster.namespace")
			result := checktest.Expect(t, report, "cluster.credentials", test.status, test.say...)
			t.Logf("%s\n%s", result.Message, result.Remedy)
			if test.status != check.Failed {
				checktest.Expect(t, report, "cluster.namespace", check.Pass)
			}
			if text := result.Message + result.Remedy; strings.Contains(text, "PRIVATE KEY") {
				t.Errorf("the result contains the key: %s", text)
			}
		})
	}
	e := checktest.WithCluster(t, c.Access(), namespace)
	checktest.Expect(
		t,
		look(t, e, "cluster.credentials"),
		"cluster.credentials",
		check.Pass,
		"contains the credentials",
	)
}

// TestCredentialsOfHangingPlugin uses a plugin that waits forever, like an
// unconfirmed device login.
func TestCredentialsOfHangingPlugin(t *testing.T) {
	c := testcluster.Start(t)
	script := "echo 'To sign in, open https://microsoft.com/devicelogin and enter the code ABCD-EFGH.' >&2; sleep 300"
	e := checktest.WithCluster(t, withPlugin(t, c, "kubelogin", script), c.Namespace(t))
	checktest.Expect(t, look(t, e, "cluster.credentials"), "cluster.credentials", check.Failed,
		"does not finish within 30s: To sign in, open https://microsoft.com/devicelogin", "az login")
}
