package expose

import (
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

func TestClassFaults(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.class("traefik.io/ingress-controller")
	missing := func(x *answers.Expose) { x.Ingress.Class = "no-such-class" }
	report := look(t, s.env(nil, missing), "expose")
	checktest.Expect(t, report, "expose.class", check.Failed, "there is no IngressClass no-such-class", s.Namespace+" (Traefik)")
	checktest.Expect(t, report, "expose.controller", check.Skipped, "needs expose.class")
	checktest.Expect(t, look(t, s.env(nil), "expose.class"), "expose.class", check.Pass, "Traefik")
	wanted := s.env(nil, missing)
	wanted.Answers.Prerequisites.IngressNginx = answers.PrerequisiteInstall
	report = look(t, wanted, "expose")
	checktest.Expect(t, report, "expose.class", check.Failed, "prerequisites.ingressNginx is not carried out by this version", installNginx)
	checktest.Expect(t, report, "expose.controller", check.Skipped, "needs expose.class")

	restricted := s.env(nil)
	restricted.Cluster = checktest.ServiceAccount(t, s.Cluster, s.Namespace)
	checktest.Expect(t, look(t, restricted, "expose.class"), "expose.class", check.Skipped, "you may not read IngressClasses")
}
