package cmd

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

// exposure is answers that expose a server over HTTPS, and what follows.
type exposure struct {
	host, answers string
	// prepare makes what the answers expect in the namespace.
	prepare func(t *testing.T, c *testcluster.Cluster, namespace string)
	// roots are the authorities that the certificate comes from.
	roots func(t *testing.T, c *testcluster.Cluster, namespace string) []byte
}

// The first four are the exposures of the deployment guide.
var exposures = map[string]exposure{
	"ingress with a certificate of cert-manager": {host: "zenml.example.org", roots: acmeRoot, answers: `
version: 1
database: {type: sqlite}
expose:
  type: ingress
  host: zenml.example.org
  ingress: {class: nginx}
  tls: {mode: cert-manager, issuer: {name: letsencrypt-staging, kind: ClusterIssuer}}
prerequisites:
  ingressNginx: install
  certManager: install
  clusterIssuer: {create: true, acme: staging, email: ops@example.com}
`},
	"gateway with a certificate of cert-manager": {host: "zenml.example.com", roots: acmeRoot, answers: `
version: 1
database: {type: sqlite}
expose: {type: gateway, host: zenml.example.com, gateway: {name: shared, namespace: gateway-system, section: https}}
`},
	"self-signed by the chart": {host: "self-signed.example.com", roots: chartRoot, answers: `
version: 1
database: {type: sqlite}
expose: {type: ingress, host: self-signed.example.com, tls: {mode: self-signed}}
`},
	"certificate of a private authority": {
		host:    "private.example.com",
		prepare: privateSecret,
		roots:   privateRoot,
		answers: `
version: 1
database: {type: sqlite}
expose: {type: ingress, host: private.example.com, tls: {mode: secret, secretName: private-tls}}
`,
	},
}

func TestInstallWithHTTPS(t *testing.T) {
	c := testcluster.StartHTTPS(t)
	for name, e := range exposures {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, namespace := newPlace(t).at(c), c.Namespace(t)
			if e.prepare != nil {
				e.prepare(t, c, namespace)
			}
			args := append([]string{"install", "-f", p.file("answers.yaml", e.answers), "--yes", "-n", namespace,
				"--output", p.file("custom-values.yaml", ""), "--force"}, chartFlags(c, "current")...)
			p.runsKnowing(c.HTTPS.Address+" "+e.host, args...).want(t, exitDone, "zenml login https://"+e.host)
			waitForHTTPS(t, c, e, namespace)
			// This machine trusts none of these authorities.
			engine := install.Engine{Access: c.Access()}
			if found, err := engine.Address(
				t.Context(),
				namespace,
				"zenml-server",
			); err != nil || found.URL != "https://"+e.host ||
				!found.NoVerify {
				t.Errorf("address %+v, %v", found, err)
			}
		})
	}
}

// runsKnowing runs a command line in a process of its own that sees these lines as /etc/hosts.
func (p *place) runsKnowing(hosts string, args ...string) result {
	p.t.Helper()
	const script = `mount --bind "$1" /etc/hosts && shift && exec "$@"`
	line := slices.Concat(
		[]string{"--mount", "sh", "-c", script, "sh", p.file("hosts", hosts+"\n"), os.Args[0]},
		args,
		[]string{"--kubeconfig", p.env["KUBECONFIG"]},
	)
	command := exec.CommandContext(p.t.Context(), "unshare", line...)
	command.Env = append(os.Environ(), asInstaller+"=1")
	var out, stderr bytes.Buffer
	command.Stdout, command.Stderr = &out, &stderr
	if err := command.Run(); err != nil && command.ProcessState == nil {
		p.t.Fatal(err)
	}
	return result{code: command.ProcessState.ExitCode(), out: out.String(), err: stderr.String()}
}

// waitForHTTPS waits until the host answers with a certificate of the expected authority.
func waitForHTTPS(t *testing.T, c *testcluster.Cluster, e exposure, namespace string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	start := time.Now()
	for {
		err := askHTTPS(ctx, c, e.host, e.roots(t, c, namespace))
		if err == nil {
			t.Logf("https://%s answers %.1f s after the install", e.host, time.Since(start).Seconds())
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("https://%s does not answer: %v", e.host, err)
		case <-time.After(250 * time.Millisecond):
		}
	}
}

func askHTTPS(ctx context.Context, c *testcluster.Cluster, host string, roots []byte) error {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(roots)
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, net.JoinHostPort(c.HTTPS.Address, "443"))
		},
	}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+host+"/api/v1/info", nil)
	if err != nil {
		return err
	}
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil || !strings.Contains(string(body), `"deployment_type"`) {
		return fmt.Errorf("status %d, %w: %s", response.StatusCode, err, body)
	}
	return nil
}

// acmeRoot is the root of the sandbox's ACME server.
func acmeRoot(t *testing.T, c *testcluster.Cluster, _ string) []byte {
	t.Helper()
	root, err := os.ReadFile(c.HTTPS.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// chartRoot is the authority that the chart has made.
func chartRoot(t *testing.T, c *testcluster.Cluster, namespace string) []byte {
	t.Helper()
	found, err := c.Client(t).CoreV1().Secrets(namespace).Get(t.Context(), "zenml-tls-certs", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return found.Data["ca.crt"]
}

// privateSecret makes a certificate of an authority of the test's own.
func privateSecret(t *testing.T, c *testcluster.Cluster, namespace string) {
	t.Helper()
	authority := testdb.NewAuthority(t)
	pair := authority.Server(t, time.Now().AddDate(1, 0, 0), "private.example.com")
	_, err := c.Client(t).CoreV1().Secrets(namespace).Create(t.Context(), &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "private-tls"},
		Type:       corev1.SecretTypeTLS,
		Data: map[string][]byte{
			corev1.TLSCertKey:       pair.Cert,
			corev1.TLSPrivateKeyKey: pair.Key,
			"ca.crt":                authority.PEM,
		},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
}

func privateRoot(t *testing.T, c *testcluster.Cluster, namespace string) []byte {
	t.Helper()
	found, err := c.Client(t).CoreV1().Secrets(namespace).Get(t.Context(), "private-tls", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return found.Data["ca.crt"]
}
