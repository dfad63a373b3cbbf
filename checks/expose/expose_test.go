package expose

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

func (s *stage) tlsSecret(name string, kind corev1.SecretType, pair testdb.Pair) {
	s.T.Helper()
	_, err := s.Client.CoreV1().Secrets(s.Namespace).Create(s.T.Context(), &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: name}, Type: kind,
		Data: map[string][]byte{corev1.TLSCertKey: pair.Cert, corev1.TLSPrivateKeyKey: pair.Key},
	}, metav1.CreateOptions{})
	checktest.Must(s.T, err)
}

func TestExposureThatServes(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.class("k8s.io/ingress-nginx")
	s.pod(map[string]string{"app.kubernetes.io/name": "ingress-nginx", "app.kubernetes.io/component": "controller", "app.kubernetes.io/instance": s.Namespace})
	s.service(corev1.ServiceTypeLoadBalancer, map[string]string{"app.kubernetes.io/instance": s.Namespace}, corev1.LoadBalancerIngress{IP: "203.0.113.7"})
	s.ingress("shop", s.Namespace, "shop.test", "/")
	s.tlsSecret("zenml-test-tls", corev1.SecretTypeTLS, testdb.NewAuthority(t).Server(t, time.Now().AddDate(1, 0, 0), "zenml.test"))
	s.awaitPods()
	e := s.env(map[string]string{"zenml.test": "203.0.113.7"}, func(x *answers.Expose) {
		x.TLS = answers.ExposeTLS{Mode: answers.CertSecret, SecretName: "zenml-test-tls"}
	})
	e.Answers.Admin.Activate = answers.ActivateAuto
	report := look(t, e, "expose")
	checktest.Expect(t, report, "expose.host", check.Pass, "zenml.test")
	checktest.Expect(t, report, "expose.class", check.Pass, "ingress-nginx")
	checktest.Expect(t, report, "expose.controller", check.Pass, "ingress-nginx at 203.0.113.7")
	checktest.Expect(t, report, "expose.dns", check.Pass, "zenml.test is 203.0.113.7")
	checktest.Expect(t, report, "expose.conflict", check.Pass)
	checktest.Expect(t, report, "expose.tls", check.Pass, "Secret zenml-test-tls, for zenml.test")
	checktest.Expect(t, report, "expose.path", check.Pass)
	checktest.Expect(t, report, "expose.public", check.Pass)
	address, err := RouteAddress(t.Context(), s.env(nil, func(x *answers.Expose) { x.Host = answers.Host{NipIO: true} }))
	if err != nil || address != "203.0.113.7" {
		t.Errorf("%q, %v", address, err)
	}
}

func TestServerThatIsNotExposed(t *testing.T) {
	report := look(t, checktest.WithCluster(t, nil, "zenml"), "expose")
	for _, result := range report.Results {
		if result.Check.Group() == "expose" {
			checktest.Expect(t, report, result.Check.ID, check.Skipped)
		}
	}
}

func TestHostFaults(t *testing.T) {
	for host, say := range map[string]string{
		"https://zenml.test": "is a URL", "zenml.test:8443": "has a port or a path", "10.0.0.1": "is an address",
		"*.zenml.test": "is a wildcard", "Zenml.test": "write zenml.test", "zenml_.test": "is not a DNS name",
	} {
		e := checktest.WithCluster(t, nil, "zenml")
		e.Answers.Expose = exposed("nginx", func(x *answers.Expose) { x.Host.Name = host })
		e.Rendered = nil
		checktest.Expect(t, look(t, e, "expose.host"), "expose.host", check.Failed, say)
	}
	e := checktest.WithCluster(t, nil, "zenml")
	e.Answers.Expose = exposed("nginx", func(x *answers.Expose) { x.Host, x.TLS.Mode = answers.Host{}, answers.CertSelfSigned })
	checktest.Expect(t, look(t, e, "expose.host"), "expose.host", check.Failed, "no host to make it out to")
}

// withIngress is an install whose Ingress raw values have made.
func withIngress(t *testing.T, server, ingress map[string]any) *check.Env {
	t.Helper()
	whole := map[string]any{"enabled": true, "annotations": map[string]any{}}
	for key, value := range ingress {
		whole[key] = value
	}
	values := map[string]any{"ingress": whole}
	for key, value := range server {
		values[key] = value
	}
	e := checktest.WithCluster(t, nil, "zenml", func(a *answers.Answers) { a.Values = map[string]any{"server": values} })
	e.Answers.Expose = exposed("nginx")
	return e
}

func TestHostThatRawValuesHaveMade(t *testing.T) {
	e := withIngress(t, nil, map[string]any{"host": "https://zenml.test"})
	checktest.Expect(t, look(t, e, "expose.host"), "expose.host", check.Failed, "the rendered Ingress", "is a URL")
	e = withIngress(t, nil, map[string]any{"tls": map[string]any{"enabled": true}})
	e.Answers.Expose.Host = answers.Host{}
	checktest.Expect(t, look(t, e, "expose.host"), "expose.host", check.Failed, "TLS without a host")
	e = withIngress(t, nil, map[string]any{"host": "zenml.test"})
	checktest.Expect(t, look(t, e, "expose.host"), "expose.host", check.Pass, "zenml.test")
}

func TestPathFaults(t *testing.T) {
	rewrite := map[string]any{rewriteTarget: "/$1"}
	for name, c := range map[string]struct {
		server, ingress map[string]any
		status          check.Status
		say             string
	}{
		"root":               {nil, map[string]any{"path": "/"}, check.Pass, "/"},
		"pattern and Prefix": {map[string]any{"rootUrlPath": "/zenml"}, map[string]any{"path": "/zenml/?(.*)", "annotations": rewrite}, check.Failed, "is a regular expression, and its path type is Prefix"},
		"rewrite untold":     {nil, map[string]any{"path": "/zenml", "annotations": rewrite}, check.Failed, "rootUrlPath is empty"},
		"told another":       {map[string]any{"rootUrlPath": "/other"}, map[string]any{"path": "/zenml"}, check.Failed, "believes to be under /other"},
		"told the same":      {map[string]any{"rootUrlPath": "/zenml"}, map[string]any{"path": "/zenml"}, check.Pass, "/"},
	} {
		t.Run(name, func(t *testing.T) {
			checktest.Expect(t, look(t, withIngress(t, c.server, c.ingress), "expose.path"), "expose.path", c.status, c.say)
		})
	}
	e := checktest.WithCluster(t, nil, "zenml")
	e.Answers.Expose = exposed("nginx", func(x *answers.Expose) { x.Path = "/zenml" })
	e.Rendered = nil
	checktest.Expect(t, look(t, e, "expose.path"), "expose.path", check.Warned, "the API works, and the dashboard does not")
}

func TestPatternByController(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.class("example.com/front")
	s.pod(s.labels())
	s.awaitPods()
	e := withIngress(t, map[string]any{"rootUrlPath": "/zenml"}, map[string]any{"path": "/zenml/?(.*)", "annotations": map[string]any{rewriteTarget: "/$1"}})
	e.Cluster, e.Answers.Expose.Ingress.Class = s.Access(), s.Namespace
	checktest.Expect(t, look(t, e, "expose.path"), "expose.path", check.Failed, "example.com/front takes the path literally")
}
