package scenarios_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"

	"github.com/zenml-installer/zenml-installer/cmd"
	"github.com/zenml-installer/zenml-installer/internal/poll"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// httpsFault is a fault of the server's address, which the installer must name.
// Its checks are skipped.
type httpsFault struct {
	answers string                // below expose; {ns} is the namespace
	prepare func(i *installation) // creates what the answers name
	after   func(i *installation) // provokes the fault after the install
	cause   string                // in the output of the install, or of status after after
	remedy  string                // in the output of status
	checked string                // what the skipped checks would have said; empty if they cannot know it
}

// byIssuer are answers for an Ingress whose certificate an issuer issues.
func byIssuer(host, issuer string) string {
	return fmt.Sprintf("{type: ingress, host: %s, ingress: {class: nginx}, "+
		"tls: {mode: cert-manager, secretName: zenml-tls, issuer: {name: %s}}}", host, issuer)
}

// byGateway are answers for a route at a Gateway.
func byGateway(host, gateway, section string) string {
	return fmt.Sprintf("{type: gateway, host: %s, gateway: {name: %s, namespace: gateway-system, section: %s}}",
		host, gateway, section)
}

const staging = "letsencrypt-staging"

var httpsFaults = map[string]httpsFault{
	"host without DNS": {answers: byIssuer("zenml.unresolved.test", staging),
		cause: "the host has no DNS record that the cluster can see", remedy: "create a DNS record for expose.host"},
	"HTTP-01 unreachable": {answers: byIssuer("zenml.unreachable.test", staging),
		cause: "cert-manager cannot reach the host on port 80", remedy: "check that the host's DNS record points"},
	"HTTP-01 behind a firewall": {answers: byIssuer("zenml.firewalled.test", staging),
		cause: "the ACME server cannot reach the host", remedy: "open port 80 to the internet"},
	"class of the solver": {answers: byIssuer("zenml.wrong-class.test", "{ns}"),
		prepare: func(i *installation) { i.issuer("https://acme-v02.api.letsencrypt.org/directory", "traefik") },
		cause:   "the issuer's HTTP-01 solver is for another ingress class: the solver uses class traefik",
		remedy:  "set ingressClassName in the issuer's HTTP-01 solver", checked: "uses ingress class traefik"},
	"issuer missing": {answers: byIssuer("zenml.no-issuer.test", "nobody"),
		cause: "the issuer of the certificate does not exist", remedy: "kubectl get clusterissuers,issuers",
		checked: "the ClusterIssuer nobody does not exist"},
	"issuer not ready": {answers: byIssuer("zenml.not-ready.test", "{ns}"),
		prepare: func(i *installation) { i.issuer("https://acme.unresolved.test/directory", "nginx") },
		cause:   "the issuer of the certificate is not ready: ClusterIssuer", remedy: "fix the issuer",
		checked: "is not Ready"},
	"rate limit": {answers: byIssuer("zenml.rate-limited.test", staging),
		cause: "the ACME server's rate limit is reached", remedy: "wait until the time in the message"},
	"refused by policy": {answers: byIssuer("zenml.blocked.test", staging),
		cause: "the ACME server issues no certificates for this host", remedy: "set expose.host to a host below"},
	"expired certificate": {answers: "{type: ingress, host: zenml.expired.test, ingress: {class: nginx}, " +
		"tls: {mode: secret, secretName: expired}}",
		prepare: func(i *installation) {
			i.certificateUntil("expired", "zenml.expired.test",
				time.Now().Add(-time.Hour))
		},
		cause: "the server's certificate has expired: since ", remedy: "kubectl create secret tls",
		checked: "Secret expired: the certificate of CN=test server expired on"},
	"deleted certificate": {answers: "{type: ingress, host: zenml.deleted.test, ingress: {class: nginx}, " +
		"tls: {mode: secret, secretName: deleted}}",
		prepare: func(i *installation) { i.certificate("deleted", "zenml.deleted.test") },
		after: func(i *installation) {
			i.check(i.cluster.Client(i).CoreV1().Secrets(i.namespace).Delete(i.Context(), "deleted",
				metav1.DeleteOptions{}))
		},
		cause: "the server has no certificate: there is no Secret deleted", remedy: "kubectl create secret tls"},
	"route not allowed": {answers: byGateway("zenml.closed.test", "{ns}", "http"),
		prepare: func(i *installation) { i.gateway("", "{name: http, protocol: HTTP, port: 80}") },
		cause:   "the Gateway does not allow routes of this namespace", remedy: "allow the namespace in allowedRoutes",
		checked: "does not admit the server's route"},
	"host of no listener": {answers: byGateway("zenml.example.org", "shared", "https"),
		cause: "no listener of the Gateway is for the host", remedy: "set expose.host", checked: "not for zenml.example.org"},
	"listener missing": {answers: byGateway("zenml.example.com", "shared", "grpc"),
		cause: "the Gateway does not have the listener that the route names", remedy: "set expose.gateway.section",
		checked: "has no listener grpc"},
	"Gateway missing": {answers: byGateway("zenml.example.com", "missing", "https"),
		cause:  "no Gateway has accepted the route yet: Gateway missing does not exist in namespace gateway-system",
		remedy: "correct expose.gateway.name", checked: "the Gateway missing does not exist"},
	"backend missing": {answers: byGateway("zenml.backend.test", "shared", "http"),
		after: func(i *installation) {
			services := i.cluster.Client(i).CoreV1().Services(i.namespace)
			i.check(services.Delete(i.Context(), "zenml-server", metav1.DeleteOptions{}))
		},
		cause: "the route's Service does not exist or lacks the port", remedy: "run zenml-installer install again"},
	"solver of an Ingress for a Gateway": {answers: byGateway("zenml.gateway.test", "{ns}", "https"),
		prepare: func(i *installation) {
			i.issuer("https://acme-v02.api.letsencrypt.org/directory", "traefik")
			i.gateway(i.namespace, "{name: https, protocol: HTTPS, port: 443, hostname: zenml.gateway.test, "+
				"tls: {certificateRefs: [{name: "+i.namespace+"}]}, allowedRoutes: {namespaces: {from: All}}}")
		},
		cause:  "the issuer's HTTP-01 solver uses an Ingress, but a Gateway serves the host",
		remedy: "set gatewayHTTPRoute", checked: "its HTTP-01 solvers create Ingresses"},
}

// TestHTTPSFaults provokes faults of the server's address with cert-manager's
// own controllers and an ACME server. The checks must name those that they can
// know; the install, or status if they arise later, must name all.
func TestHTTPSFaults(t *testing.T) {
	if !runAll() {
		t.Skip("make test-scenarios runs it")
	}
	c := testcluster.StartHTTPS(t)
	for name, fault := range httpsFaults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := newInstallation(t, c)
			i.with("database: {type: sqlite}")
			i.with("expose: %s", strings.ReplaceAll(fault.answers, "{ns}", i.namespace))
			if fault.prepare != nil {
				fault.prepare(i)
			}
			if _, out := i.standIn("preflight"); !strings.Contains(out.String(), fault.checked) {
				t.Errorf("preflight: want %q in\n%s", fault.checked, out)
			}
			code, out := i.standIn("install", "--yes", "--skip", "expose", "--output", filepath.Join(i.dir,
				"values.yaml"))
			if code != 0 {
				t.Fatalf("exit code %d\n%s", code, out)
			}
			seconds := out.between("Deployment zenml-server", fault.cause)
			if fault.after != nil {
				fault.after(i)
				seconds = i.untilStatus(fault.cause)
			}
			_, status := i.run("status", "-n", i.namespace)
			if seconds < 0 || !strings.Contains(status, fault.cause) || !strings.Contains(status, fault.remedy) {
				t.Fatalf("want %q and %q in\n%s\n%s", fault.cause, fault.remedy, out, status)
			}
			t.Logf("%s, %.1f s: %s", name, seconds, fault.cause)
		})
	}
}

// standIn runs a command of the installer with the chart of the stand-in server.
func (i *installation) standIn(command string, flags ...string) (int, *timedOutput) {
	i.Helper()
	i.file("answers.yaml", answersFile(i.T, "", i.answers...))
	out := &timedOutput{}
	args := append([]string{command, "-f", filepath.Join(i.dir, "answers.yaml"), "-n", i.namespace,
		"--kubeconfig", i.cluster.Kubeconfig}, i.cluster.Charts["current"].Flags()...)
	code := cmd.Main(append(args, flags...), cmd.Streams{In: strings.NewReader(""), Out: out, Err: out,
		Getenv: func(name string) (string, bool) { value, ok := i.env[name]; return value, ok }})
	return code, out
}

// untilStatus waits until status names a cause, and returns the seconds that it
// took, -1 if it does not.
func (i *installation) untilStatus(cause string) float64 {
	begin := time.Now()
	ctx, cancel := context.WithTimeout(i.Context(), 30*time.Second)
	defer cancel()
	err := poll.Until(ctx, 200*time.Millisecond, func() (bool, error) {
		_, out := i.run("status", "-n", i.namespace)
		return strings.Contains(out, cause), nil
	})
	if err != nil {
		return -1
	}
	return time.Since(begin).Seconds()
}

// timedOutput is output, and when each part of it was written.
type timedOutput struct {
	mu    sync.Mutex
	text  bytes.Buffer
	parts []struct {
		end int
		at  time.Time
	}
}

func (o *timedOutput) Write(data []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text.Write(data)
	o.parts = append(o.parts, struct {
		end int
		at  time.Time
	}{o.text.Len(), time.Now()})
	return len(data), nil
}

func (o *timedOutput) String() string { return o.text.String() }

// between returns the seconds between two texts, or -1 if one is missing.
func (o *timedOutput) between(first, second string) float64 {
	from, to := strings.Index(o.String(), first), strings.Index(o.String(), second)
	if from < 0 || to < 0 {
		return -1
	}
	return o.at(to).Sub(o.at(from)).Seconds()
}

func (o *timedOutput) at(offset int) time.Time {
	for _, part := range o.parts {
		if part.end > offset {
			return part.at
		}
	}
	return time.Time{}
}

// create creates an object of a kind that is not part of Kubernetes, and deletes it after the test.
func (i *installation) create(resource schema.GroupVersionResource, namespace, text string) {
	i.Helper()
	client := i.cluster.Dynamic(i)
	object := &unstructured.Unstructured{}
	i.check(yaml.Unmarshal([]byte(text), &object.Object))
	_, err := client.Resource(resource).Namespace(namespace).Create(i.Context(), object, metav1.CreateOptions{})
	i.check(err)
	i.Cleanup(func() {
		_ = client.Resource(resource).Namespace(namespace).
			Delete(context.WithoutCancel(i.Context()), object.GetName(), metav1.DeleteOptions{})
	})
}

// issuer creates a ClusterIssuer with the namespace's name, whose solver is for an ingress class.
func (i *installation) issuer(server, class string) {
	i.Helper()
	i.create(schema.GroupVersionResource{Group: "cert-manager.io", Version: "v1", Resource: "clusterissuers"}, "",
		fmt.Sprintf(`
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: %[1]s}
spec:
  acme:
    server: %[2]s
    email: ops@example.com
    privateKeySecretRef: {name: %[1]s}
    solvers: [{http01: {ingress: {ingressClassName: %[3]s}}}]
`, i.namespace, server, class))
}

// gateway creates a Gateway with the namespace's name, whose certificates an issuer issues.
func (i *installation) gateway(issuer, listener string) {
	i.Helper()
	annotation := ""
	if issuer != "" {
		annotation = "cert-manager.io/cluster-issuer: " + issuer
	}
	i.create(schema.GroupVersionResource{Group: "gateway.networking.k8s.io", Version: "v1", Resource: "gateways"},
		"gateway-system", fmt.Sprintf(`
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: %s, annotations: {%s}}
spec: {gatewayClassName: sandbox, listeners: [%s]}
`, i.namespace, annotation, listener))
}
