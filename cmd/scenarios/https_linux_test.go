package scenarios_test

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

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/internal/prerequisite"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// exposure exposes a server on a cluster with cert-manager, an ACME server and an ingress controller.
type exposure struct {
	name, sample, answers string
	quick                 bool   // also part of make test
	host                  string // "IP" is replaced by the controller's address
	path                  string
	row                   string                // what the install shows while it waits
	secret                string                // Secret with the CA; empty for the ACME server's, "-" for plain HTTP
	prepare               func(i *installation) // creates what the answers require in the namespace
}

var exposures = []exposure{
	{name: "ingress with a certificate of cert-manager", quick: true, sample: "expose-cert-manager.yaml",
		host: "zenml.example.org", answers: "expose: {host: zenml.example.org, ingress: {class: nginx}}"},
	{name: "gateway", quick: true, sample: "expose-gateway.yaml", host: "zenml.example.com",
		answers: "expose: {path: null, gateway: {namespace: gateway-system}}", row: "Certificate "},
	{name: "gateway that the installer creates", sample: "expose-gateway.yaml", host: "created.example.com",
		row: "Gateway created", prepare: removeGateway, answers: `
expose:
  path: null
  host: created.example.com
  gateway: {name: created, namespace: created-gateway}
  tls: {mode: cert-manager, issuer: {name: created}}
prerequisites:
  gateway: {create: true, class: sandbox}
  clusterIssuer: {create: true, acme: staging, email: ops@example.com}`},
	{name: "path behind a gateway", sample: "expose-gateway.yaml", host: "zenml.example.com", path: "/ml",
		answers: "expose: {gateway: {namespace: gateway-system}}"},
	{name: "self-signed by the chart", quick: true, sample: "expose-self-signed.yaml",
		host:   "zenml.internal.example.com",
		secret: "zenml-tls-certs"},
	{name: "certificate of a private authority", quick: true, host: "private.example.com", secret: "private-tls",
		answers: "database: {type: sqlite}\n" +
			"expose: {type: ingress, host: private.example.com, tls: {mode: secret, secretName: private-tls}}",
		prepare: func(i *installation) { i.certificate("private-tls", "private.example.com") }},
	{name: "host from the controller's address", sample: "expose-nip-io.yaml", host: "zenml.IP.nip.io",
		secret: "zenml-tls", prepare: selfSignedIssuer},
	{name: "path of a shared host", sample: "expose-path.yaml", host: "apps.example.com", path: "/zenml"},
	{name: "rewritten path", sample: "expose-path-rewrite.yaml", host: "rewritten.example.com", path: "/zenml",
		secret: "-", answers: "expose: {host: rewritten.example.com}", prepare: refuseRewrite},
	{name: "any host over HTTP", sample: "expose-ingress-plain.yaml", host: "IP", secret: "-",
		answers: "expose: {ingress: {class: nginx}}"},
}

func TestExposures(t *testing.T) {
	c := testcluster.StartHTTPS(t)
	c.RealServer(t, current)
	for _, e := range exposures {
		if !e.quick && !runAll() {
			continue
		}
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			i := newInstallation(t, c)
			i.sample = e.sample
			if e.prepare != nil {
				e.prepare(i)
			}
			e.host = strings.Replace(e.host, "IP", c.HTTPS.Address, 1)
			i.with("%s", e.answers)
			i.hosts = c.HTTPS.Address + " " + e.host
			i.install()
			if !strings.Contains(i.output, "zenml login "+e.url()) {
				i.Errorf("the output does not contain %s:\n%s", e.url(), i.output)
			}
			if !strings.Contains(i.output, e.row) {
				i.Errorf("the output does not show %q:\n%s", e.row, i.output)
			}
			e.waitForAnswer(i)
			engine := install.Engine{Access: c.Access()}
			found, err := engine.Address(t.Context(), i.namespace, "zenml-server")
			// This machine trusts none of the CAs.
			if err != nil || found.URL != e.url() || found.NoVerify != (e.secret != "-") {
				t.Errorf("address %+v, %v", found, err)
			}
		})
	}
}

func (e exposure) url() string {
	if e.secret == "-" {
		return "http://" + e.host + e.path
	}
	return "https://" + e.host + e.path
}

// selfSignedIssuer creates the sample's issuer.
func selfSignedIssuer(i *installation) {
	client := i.cluster.Dynamic(i)
	issuers := schema.GroupVersionResource{Group: "cert-manager.io", Version: "v1", Resource: "issuers"}
	_, err := client.Resource(issuers).Namespace(i.namespace).Create(i.Context(), &unstructured.Unstructured{
		Object: map[string]any{
			"apiVersion": "cert-manager.io/v1", "kind": "Issuer", "metadata": map[string]any{"name": "ca"},
			"spec": map[string]any{"selfSigned": map[string]any{}},
		}}, metav1.CreateOptions{})
	i.check(err)
}

// removeGateway removes the Gateway and the issuer that the installer creates, and which
// an uninstall keeps.
func removeGateway(i *installation) {
	i.Cleanup(func() {
		ctx := context.Background()
		i.check(i.cluster.Client(i).CoreV1().Namespaces().Delete(ctx, "created-gateway", metav1.DeleteOptions{}))
		i.check(i.cluster.Dynamic(i).Resource(prerequisite.ClusterIssuers).Delete(ctx, "created", metav1.DeleteOptions{}))
	})
}

// refuseRewrite has the checks refuse a regular expression as a path, which the controller does not understand, and
// follows their remedy.
func refuseRewrite(i *installation) {
	i.with("expose: {host: rewritten.example.com}")
	if code, out := i.attempt(current); code == 0 || !strings.Contains(out, "expose.path") {
		i.Fatalf("exit code %d\n%s", code, out)
	}
	i.with("expose: {ingress: {rewrite: false}}")
}

// runProcess runs the installer in its own process with hosts as /etc/hosts.
func (i *installation) runProcess(args ...string) (int, string) {
	i.Helper()
	const script = `mount --bind "$1" /etc/hosts && shift && exec "$@"`
	i.file("hosts", []byte(i.hosts+"\n"))
	line := slices.Concat([]string{"--mount", "sh", "-c", script, "sh", i.dir + "/hosts", os.Args[0]}, args)
	command := exec.CommandContext(i.Context(), "unshare", line...)
	command.Env = append(os.Environ(), asInstaller+"=1")
	for name, value := range i.env {
		command.Env = append(command.Env, name+"="+value)
	}
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	if err := command.Run(); err != nil && command.ProcessState == nil {
		i.Fatal(err)
	}
	return command.ProcessState.ExitCode(), out.String()
}

// waitForAnswer waits until the server responds at its address, with a
// certificate of the expected CA.
func (e exposure) waitForAnswer(i *installation) {
	i.Helper()
	ctx, cancel := context.WithTimeout(i.Context(), 2*time.Minute)
	defer cancel()
	start := time.Now()
	for {
		err := e.ask(ctx, i)
		if err == nil {
			i.Logf("%s answers %.1f s after the install", e.url(), time.Since(start).Seconds())
			return
		}
		select {
		case <-ctx.Done():
			i.Fatalf("%s does not answer: %v", e.url(), err)
		case <-time.After(250 * time.Millisecond):
		}
	}
}

func (e exposure) ask(ctx context.Context, i *installation) error {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(e.authority(i))
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			_, port, _ := net.SplitHostPort(address)
			return (&net.Dialer{}).DialContext(ctx, network, net.JoinHostPort(i.cluster.HTTPS.Address, port))
		},
	}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, e.url()+"/api/v1/info", nil)
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

// authority returns the CA of the server's certificate.
func (e exposure) authority(i *installation) []byte {
	i.Helper()
	switch e.secret {
	case "-":
		return nil
	case "":
		return readFile(i.T, i.cluster.HTTPS.CAFile)
	}
	found, err := i.cluster.Client(i).CoreV1().Secrets(i.namespace).Get(i.Context(), e.secret, metav1.GetOptions{})
	if err != nil {
		return nil // cert-manager has not created it yet
	}
	return found.Data["ca.crt"]
}
