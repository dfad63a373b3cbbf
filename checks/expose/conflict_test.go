package expose

import (
	"testing"

	networkingv1 "k8s.io/api/networking/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

func TestConflict(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.class("example.com/front")
	conflict := func(host, path string) check.Report {
		return runChecks(t, s.env(nil, func(x *answers.Expose) { x.Host.Name, x.Path = host, path }), "expose.conflict")
	}
	s.ingress("taken", s.Namespace, s.Namespace+".taken.test", "/")
	s.ingress("below", s.Namespace, s.Namespace+".below.test", "/api")
	s.ingress("elsewhere", "another-class", s.Namespace+".elsewhere.test", "/")
	s.ingress("own", s.Namespace, s.Namespace+".own.test", "/", func(i *networkingv1.Ingress) {
		i.Annotations = map[string]string{
			"meta.helm.sh/release-name":      "zenml-server",
			"meta.helm.sh/release-namespace": s.Namespace,
		}
	})
	checktest.Expect(t, conflict(s.Namespace+".taken.test", "/"), "expose.conflict", check.Failed,
		"Ingress taken in namespace "+s.Namespace+" already uses", "delete ingress taken")
	checktest.Expect(t, conflict(s.Namespace+".taken.test", "/zenml"), "expose.conflict", check.Pass)
	checktest.Expect(t, conflict(s.Namespace+".below.test", "/"), "expose.conflict", check.Warned, "Ingress below",
		"a path below the server's")
	checktest.Expect(t, conflict(s.Namespace+".elsewhere.test", "/"), "expose.conflict", check.Warned,
		"with another controller")
	checktest.Expect(t, conflict(s.Namespace+".own.test", "/"), "expose.conflict", check.Pass)

	e := s.env(nil)
	e.Cluster = checktest.ServiceAccount(t, s.Cluster, s.Namespace, ingressReader)
	checktest.Expect(t, runChecks(t, e, "expose.conflict"), "expose.conflict", check.Skipped,
		"only in namespace "+s.Namespace)
	e.Answers.Expose.Host.Name = s.Namespace + ".taken.test"
	checktest.Expect(t, runChecks(t, e, "expose.conflict"), "expose.conflict", check.Failed, "Ingress taken")
}
