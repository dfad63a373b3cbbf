package expose

import (
	"context"
	"errors"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/prerequisite"
)

// TestPrerequisites is not parallel: other tests create classes of the controllers.
func TestPrerequisites(t *testing.T) {
	s := newStage(t)
	with := func(class string, change func(*answers.Prerequisites)) *check.Env {
		e := s.env(nil, func(x *answers.Expose) { x.Ingress.Class = class })
		change(&e.Answers.Prerequisites)
		return e
	}
	refuse := func(*answers.Prerequisites) {}
	traefik := func(p *answers.Prerequisites) { p.Traefik = answers.PrerequisiteInstall }
	nginx := func(p *answers.Prerequisites) { p.IngressNginx = answers.PrerequisiteInstall }

	// Without consent, the remedy names the answer.
	checktest.Expect(t, runChecks(t, with("traefik", refuse), "expose"), "expose.class", check.Failed,
		"the IngressClass traefik does not exist", "prerequisites: {traefik: install}",
		prerequisite.Traefik.InstallCommand())
	checktest.Expect(t, runChecks(t, with("nginx", refuse), "expose"), "expose.class", check.Failed,
		"expose: {ingress: {class: traefik}} and prerequisites: {traefik: install}")

	report := runChecks(t, with("traefik", traefik), "expose")
	checktest.Expect(t, report, "expose.class", check.Pass, "Traefik will be installed from chart oci://",
		prerequisite.Traefik.Version)
	checktest.Expect(t, report, "expose.controller", check.Pass, "which will be installed")
	checktest.Expect(t, report, "expose.support", check.Pass, "Traefik will be installed")
	report = runChecks(t, with("nginx", nginx), "expose")
	checktest.Expect(t, report, "expose.class", check.Pass, "ingress-nginx will be installed")
	checktest.Expect(t, report, "expose.support", check.Warned, "retired on 2026-03-24", "prerequisites: {traefik: install}")

	unavailable := with("traefik", traefik)
	unavailable.Prerequisite = func(context.Context, prerequisite.Component) error { return errors.New("no such mirror") }
	checktest.Expect(t, runChecks(t, unavailable, "expose"), "expose.class", check.Failed, "no such mirror")

	s.class(prerequisite.Traefik.Controller)
	checktest.Expect(t, runChecks(t, with("traefik", traefik), "expose"), "expose.class", check.Failed,
		"Traefik is installed already in another form (IngressClass "+s.Namespace, "class: "+s.Namespace)
}
