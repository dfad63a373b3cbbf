package cluster

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

func TestClusterKubeconfigFaults(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		checktest.Must(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	as := func(name, user string) string {
		return write(name, `apiVersion: v1
kind: Config
current-context: a
contexts: [{name: a, context: {cluster: a, user: a}}]
clusters: [{name: a, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: a, user: `+user+`}]
`)
	}
	by := func(name, user string) *kube.Access { return checktest.AccessBy(as(name, user), "") }
	whole := as(
		"whole",
		`{exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin-at-all, interactiveMode: Never, installHint: "install it from example.com"}}`,
	)
	for name, c := range map[string]struct {
		access *kube.Access
		say    string
	}{
		"no file":         {checktest.AccessBy(filepath.Join(dir, "missing"), ""), "missing"},
		"empty":           {checktest.AccessBy(write("empty", ""), ""), "--kubeconfig"},
		"not YAML":        {checktest.AccessBy(write("broken", "clusters: [{"), ""), "cannot parse"},
		"unknown context": {checktest.AccessBy(whole, "other"), "kubectl config get-contexts"},
		"missing plugin":  {checktest.AccessBy(whole, ""), "install it from example.com"},
		"gcp":             {by("gcp", "{auth-provider: {name: gcp}}"), "gke-gcloud-auth-plugin"},
		"azure":           {by("azure", "{auth-provider: {name: azure}}"), "kubelogin convert-kubeconfig"},
		"oidc":            {by("oidc", "{auth-provider: {name: oidc}}"), "oidc-login"},
		"old plugin": {by("aws", "{exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: aws}}"),
			"aws eks update-kubeconfig"},
		"older plugin": {by("other", "{exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: \"true\"}}"), "upgrade your provider's CLI"},
	} {
		t.Run(name, func(t *testing.T) {
			report := look(t, checktest.WithCluster(t, c.access, "zenml"), "cluster.kubeconfig", "cluster.reachable")
			checktest.Expect(t, report, "cluster.kubeconfig", check.Failed, c.say)
			checktest.Expect(t, report, "cluster.reachable", check.Skipped, "needs cluster.credentials")
		})
	}
}

func TestClusterClientCertificateExpired(t *testing.T) {
	c := testcluster.Start(t)
	e := checktest.WithCluster(t, c.Access(), "zenml")
	e.Now = func() time.Time { return time.Now().AddDate(100, 0, 0) }
	checktest.Expect(t, look(t, e, "cluster.kubeconfig"), "cluster.kubeconfig", check.Failed, "expired on")
}
