package expose

import (
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

func TestClass_faults(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.class("traefik.io/ingress-controller")
	missing := func(x *answers.Expose) { x.Ingress.Class = "no-such-class" }
	report := runChecks(t, s.env(nil, missing), "expose")
	checktest.Expect(t, report, "expose.class", check.Failed, "the IngressClass no-such-class does not exist",
		s.Namespace+" (Traefik)")
	checktest.Expect(t, report, "expose.controller", check.Skipped, "needs expose.class")
	checktest.Expect(t, runChecks(t, s.env(nil), "expose.class"), "expose.class", check.Pass, "Traefik")

	restricted := s.env(nil)
	restricted.Cluster = checktest.ServiceAccount(t, s.Cluster, s.Namespace)
	checktest.Expect(t, runChecks(t, restricted, "expose.class"), "expose.class", check.Skipped,
		"you cannot read IngressClasses")
}
