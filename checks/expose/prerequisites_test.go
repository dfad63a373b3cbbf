package expose

import (
	"context"
	"errors"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

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
	refused := checktest.Expect(t, runChecks(t, with("traefik", refuse), "expose"), "expose.class", check.Failed,
		"the IngressClass traefik does not exist", "prerequisites: {traefik: install}", prerequisite.Traefik.InstallCommand())
	if fix := refused.Fix.Answers[prerequisite.Traefik.Key]; fix != answers.PrerequisiteInstall {
		t.Errorf("the fix is %+v", fix)
	}
	checktest.Expect(t, runChecks(t, with("nginx", refuse), "expose"), "expose.class", check.Failed,
		"expose: {ingress: {class: traefik}} and prerequisites: {traefik: install}")

	report := runChecks(t, with("traefik", traefik), "expose")
	checktest.Expect(t, report, "expose.class", check.Pass, "Traefik will be installed from chart oci://",
		prerequisite.Traefik.Version)
	checktest.Expect(t, report, "expose.controller", check.Pass, "which will be installed")
	checktest.Expect(t, report, "expose.support", check.Pass, "Traefik will be installed")
	report = runChecks(t, with("nginx", nginx), "expose")
	checktest.Expect(t, report, "expose.class", check.Pass, "ingress-nginx will be installed")
	checktest.Expect(t, report, "expose.support", check.Warned, "retired on 2026-03-24",
		"prerequisites: {traefik: install}")

	s.unfinished(prerequisite.Traefik.Name)
	report = runChecks(t, with("traefik", traefik), "expose")
	checktest.Expect(t, report, "expose.class", check.Pass, "Traefik will be installed")
	checktest.Expect(t, report, "expose.controller", check.Pass, "which will be installed")

	unavailable := with("traefik", traefik)
	unavailable.Prerequisite = func(context.Context, prerequisite.Component) error { return errors.New("no such mirror") }
	checktest.Expect(t, runChecks(t, unavailable, "expose"), "expose.class", check.Failed, "no such mirror")

	s.remove(prerequisite.Traefik.Name)
	s.class(prerequisite.Traefik.Controller)
	checktest.Expect(t, runChecks(t, with("traefik", traefik), "expose"), "expose.class", check.Failed,
		"Traefik is installed already in another form (IngressClass "+s.Namespace, "class: "+s.Namespace)
}

// unfinished creates what a killed installation of a controller leaves: its class, and
// the installer's release that is not deployed.
func (s *stage) unfinished(name string) {
	s.T.Helper()
	_, err := s.Client.CoreV1().Namespaces().Create(s.T.Context(),
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{})
	checktest.Must(s.T, err)
	s.T.Cleanup(func() { s.remove(name) })
	_, err = s.Client.CoreV1().Secrets(name).Create(s.T.Context(), &corev1.Secret{ObjectMeta: metav1.ObjectMeta{
		Name: "sh.helm.release.v1." + name + ".v1", Labels: map[string]string{"owner": "helm", "name": name,
			"status": "pending-install", prerequisite.Label: "true"}}}, metav1.CreateOptions{})
	checktest.Must(s.T, err)
	_, err = s.Client.NetworkingV1().IngressClasses().Create(s.T.Context(), &networkingv1.IngressClass{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec:       networkingv1.IngressClassSpec{Controller: prerequisite.Traefik.Controller}}, metav1.CreateOptions{})
	checktest.Must(s.T, err)
}

func (s *stage) remove(name string) {
	ctx := checktest.ContextOf(s.T)
	_ = s.Client.NetworkingV1().IngressClasses().Delete(ctx, name, metav1.DeleteOptions{})
	_ = s.Client.CoreV1().Secrets(name).DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{})
	_ = s.Client.CoreV1().Namespaces().Delete(ctx, name, metav1.DeleteOptions{})
}
