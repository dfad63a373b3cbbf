package e2e

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/yaml"
)

// httpsReadyWithin is the start timeout of a built sandbox with the add-on.
const httpsReadyWithin = 3 * time.Minute

// The resources that tests read and write.
var (
	ingresses  = schema.GroupVersionResource{Group: "networking.k8s.io", Version: "v1", Resource: "ingresses"}
	httpRoutes = schema.GroupVersionResource{
		Group:    "gateway.networking.k8s.io",
		Version:  "v1",
		Resource: "httproutes",
	}
	gateways = schema.GroupVersionResource{
		Group:    "gateway.networking.k8s.io",
		Version:  "v1",
		Resource: "gateways",
	}
	clusterIssuers = schema.GroupVersionResource{Group: "cert-manager.io", Version: "v1", Resource: "clusterissuers"}
	certificates   = schema.GroupVersionResource{Group: "cert-manager.io", Version: "v1", Resource: "certificates"}
	requests       = schema.GroupVersionResource{
		Group:    "cert-manager.io",
		Version:  "v1",
		Resource: "certificaterequests",
	}
	orders     = schema.GroupVersionResource{Group: "acme.cert-manager.io", Version: "v1", Resource: "orders"}
	challenges = schema.GroupVersionResource{Group: "acme.cert-manager.io", Version: "v1", Resource: "challenges"}
)

// httpsSandbox is a sandbox with the add-on https.
type httpsSandbox struct {
	*sandbox
	dynamic dynamic.Interface
}

func TestHTTPS(t *testing.T) {
	needReal(t)
	if testing.Short() {
		t.Skip("builds cert-manager, and -short was asked for")
	}
	s := upHTTPS(t)
	for name, test := range map[string]func(*testing.T, *httpsSandbox){
		"an Ingress":                  s.ingressScenario,
		"a Gateway":                   s.gatewayScenario,
		"an expired certificate":      s.expiredScenario,
		"simulated nodes are refused": s.simulatedRefused,
	} {
		t.Run(name, func(t *testing.T) { t.Parallel(); test(t, s) })
	}
	for name, c := range httpsFaults {
		t.Run(name, func(t *testing.T) { t.Parallel(); c.provoke(t, s, name) })
	}
}

// upHTTPS builds the add-on and starts a sandbox with it.
func upHTTPS(t *testing.T) *httpsSandbox {
	t.Helper()
	build := exec.Command("../build.sh", "--addons", "https")
	build.Stderr = os.Stderr
	out, err := build.Output()
	if err != nil {
		t.Fatalf("build the add-on: %v", err)
	}
	const name = "https"
	t.Cleanup(func() { down(t, name) })
	ctx, cancel := context.WithTimeout(t.Context(), 2*httpsReadyWithin)
	defer cancel()
	start := time.Now()
	if out, err := exec.CommandContext(
		ctx,
		strings.TrimSpace(string(out)),
		"up",
		"--name",
		name,
		"--nodes",
		"real",
		"--database",
		"none",
		"--addons",
		"https",
	).CombinedOutput(); err != nil {
		t.Fatalf("up: %v\n%s", err, out)
	}
	took := time.Since(start)
	t.Logf("up took %.1f s", took.Seconds())
	if took > httpsReadyWithin {
		t.Errorf("up took %s, more than %s", took, httpsReadyWithin)
	}
	s := connect(t, status(t, name))
	s.config.QPS = -1 // the tests poll
	client, err := dynamic.NewForConfig(s.config)
	if err != nil {
		t.Fatal(err)
	}
	return &httpsSandbox{sandbox: s, dynamic: client}
}

// apply creates an object from a manifest in a namespace, which may be empty.
func (s *httpsSandbox) apply(t *testing.T, resource schema.GroupVersionResource, namespace, manifest string) {
	t.Helper()
	object := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(manifest), &object.Object); err != nil {
		t.Fatal(err)
	}
	if _, err := s.dynamic.Resource(
		resource,
	).Namespace(
		namespace,
	).Create(
		t.Context(),
		object,
		metav1.CreateOptions{},
	); err != nil {
		t.Fatal(err)
	}
}

// serve starts the stand-in server as Service "zenml" in the test's namespace.
func (s *httpsSandbox) serve(t *testing.T, namespace string) {
	t.Helper()
	s.namespace(t, namespace)
	pod := s.pod("zenml", nil, nil)
	pod.Labels = map[string]string{"app": "zenml"}
	if _, err := s.client.CoreV1().Pods(namespace).Create(t.Context(), pod, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	service := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "zenml"},
		Spec:       corev1.ServiceSpec{Selector: pod.Labels, Ports: []corev1.ServicePort{{Port: 8080}}},
	}
	if _, err := s.client.CoreV1().Services(
		namespace,
	).Create(
		t.Context(),
		service,
		metav1.CreateOptions{},
	); err != nil {
		t.Fatal(err)
	}
}

func (s *httpsSandbox) namespace(t *testing.T, name string) {
	t.Helper()
	if _, err := s.client.CoreV1().Namespaces().Create(
		t.Context(),
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}},
		metav1.CreateOptions{},
	); err != nil {
		t.Fatal(err)
	}
}

// ingress creates an Ingress of class nginx for Service "zenml".
func (s *httpsSandbox) ingress(t *testing.T, namespace, host, annotations string) {
	t.Helper()
	s.apply(t, ingresses, namespace, fmt.Sprintf(`
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: zenml, annotations: {%s}}
spec:
  ingressClassName: nginx
  tls: [{hosts: [%s], secretName: zenml-tls}]
  rules:
    - host: %s
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: zenml, port: {number: 8080}}}}]}
`, annotations, host, host))
}

// ask requests the server's health over HTTPS, trusting only roots.
func (s *httpsSandbox) ask(ctx context.Context, host string, roots *x509.CertPool) (*tls.ConnectionState, error) {
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			_, port, _ := net.SplitHostPort(address)
			return (&net.Dialer{Timeout: 5 * time.Second}).DialContext(
				ctx,
				network,
				net.JoinHostPort(s.HTTPS.Address, port),
			)
		},
	}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+host+"/health", nil)
	if err != nil {
		return nil, err
	}
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d, %w: %s", response.StatusCode, err, body)
	}
	return response.TLS, nil
}

// roots returns the root certificates of the sandbox's ACME server.
func (s *httpsSandbox) roots(t *testing.T) *x509.CertPool {
	t.Helper()
	data, err := os.ReadFile(s.HTTPS.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		t.Fatalf("no certificate in %s", s.HTTPS.CAFile)
	}
	return pool
}

// waitAnswer waits until a host responds with a certificate from the ACME
// server.
func (s *httpsSandbox) waitAnswer(t *testing.T, namespace, host string) {
	t.Helper()
	roots, start := s.roots(t), time.Now()
	eventually(t, 2*time.Minute, func(ctx context.Context) string {
		state, err := s.ask(ctx, host, roots)
		if err != nil {
			return fmt.Sprintf("%v\n%s", err, s.issuance(ctx, namespace))
		}
		t.Logf(
			"https://%s answers after %.1f s with a certificate of %s",
			host,
			time.Since(start).Seconds(),
			state.PeerCertificates[0].Issuer,
		)
		return ""
	})
}

func (s *httpsSandbox) ingressScenario(t *testing.T, _ *httpsSandbox) {
	s.serve(t, "by-ingress")
	s.ingress(t, "by-ingress", "app.example.com", "cert-manager.io/cluster-issuer: letsencrypt-staging")
	s.waitAnswer(t, "by-ingress", "app.example.com")
	ingress, err := s.client.NetworkingV1().Ingresses("by-ingress").Get(t.Context(), "zenml", metav1.GetOptions{})
	if err != nil || len(ingress.Status.LoadBalancer.Ingress) != 1 ||
		ingress.Status.LoadBalancer.Ingress[0].IP != s.HTTPS.Address {
		t.Errorf("status %+v, %v; want address %s", ingress.Status, err, s.HTTPS.Address)
	}
}

// gatewayScenario uses the add-on's Gateway and a certificate from
// cert-manager.
func (s *httpsSandbox) gatewayScenario(t *testing.T, _ *httpsSandbox) {
	s.serve(t, "by-gateway")
	s.apply(t, httpRoutes, "by-gateway", `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: zenml}
spec:
  parentRefs: [{name: shared, namespace: gateway-system, sectionName: https}]
  hostnames: [zenml.example.com]
  rules: [{backendRefs: [{name: zenml, port: 8080}]}]
`)
	s.waitAnswer(t, "gateway-system", "zenml.example.com")
	for _, c := range []struct {
		resource        schema.GroupVersionResource
		namespace, name string
		want            []string
	}{
		{gateways, "gateway-system", "shared", []string{`"attachedRoutes":1`, `"type":"Programmed"`, s.HTTPS.Address}},
		{httpRoutes, "by-gateway", "zenml", []string{`"type":"Accepted"`, `"type":"ResolvedRefs"`}},
	} {
		eventually(t, 10*time.Second, func(ctx context.Context) string {
			object, err := s.dynamic.Resource(c.resource).Namespace(c.namespace).Get(ctx, c.name, metav1.GetOptions{})
			if err != nil {
				return err.Error()
			}
			found, _ := json.Marshal(object.Object["status"])
			for _, want := range c.want {
				if !bytes.Contains(found, []byte(want)) ||
					bytes.Contains(found, []byte(`"status":"False"`)) && c.resource == httpRoutes {
					return fmt.Sprintf("%s %s lacks %s: %s", c.resource.Resource, c.name, want, found)
				}
			}
			return ""
		})
	}
}

func (s *httpsSandbox) simulatedRefused(t *testing.T, _ *httpsSandbox) {
	_, stderr, err := command(t, "up", "--name", "https-simulated", "--nodes", "simulated", "--addons", "https")
	if err == nil || !strings.Contains(stderr, "needs real nodes") {
		t.Errorf("%v, %s", err, stderr)
	}
}
