package expose

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

func TestChecks_workingExposure(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.class("k8s.io/ingress-nginx")
	s.pod(
		map[string]string{
			"app.kubernetes.io/name":      "ingress-nginx",
			"app.kubernetes.io/component": "controller",
			"app.kubernetes.io/instance":  s.Namespace,
		},
	)
	s.service(corev1.ServiceTypeLoadBalancer, map[string]string{"app.kubernetes.io/instance": s.Namespace},
		corev1.LoadBalancerIngress{IP: "203.0.113.7"})
	s.ingress("shop", s.Namespace, "shop.test", "/")
	s.tlsSecret("zenml-test-tls", corev1.SecretTypeTLS,
		testdb.NewAuthority(t).Server(t, time.Now().AddDate(1, 0, 0), "zenml.test"))
	s.awaitPods()
	e := s.env(map[string]string{"zenml.test": "203.0.113.7"}, func(x *answers.Expose) {
		x.TLS = answers.ExposeTLS{Mode: answers.CertSecret, SecretName: "zenml-test-tls"}
	})
	e.Answers.Admin.Activate = answers.ActivateAuto
	report := runChecks(t, e, "expose")
	checktest.Expect(t, report, "expose.host", check.Pass, "zenml.test")
	checktest.Expect(t, report, "expose.class", check.Pass, "ingress-nginx")
	checktest.Expect(t, report, "expose.controller", check.Pass, "ingress-nginx at 203.0.113.7")
	checktest.Expect(t, report, "expose.dns", check.Pass, "zenml.test resolves to 203.0.113.7")
	checktest.Expect(t, report, "expose.conflict", check.Pass)
	checktest.Expect(t, report, "expose.tls", check.Pass, "Secret zenml-test-tls, for zenml.test")
	checktest.Expect(t, report, "expose.path", check.Pass)
	checktest.Expect(t, report, "expose.public", check.Pass)
	address, err := RouteAddress(t.Context(),
		s.env(nil, func(x *answers.Expose) { x.Host = answers.Host{NipIO: true} }))
	if err != nil || address != "203.0.113.7" {
		t.Errorf("%q, %v", address, err)
	}
}

func TestChecks_notExposed(t *testing.T) {
	report := runChecks(t, checktest.WithCluster(t, nil, "zenml"), "expose")
	for _, result := range report.Results {
		if result.Check.Group() == "expose" {
			checktest.Expect(t, report, result.Check.ID, check.Skipped)
		}
	}
}
