package expose

import (
	"errors"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/gatewayapi"
)

// creatingGateway returns an install that creates the Gateway "future", whose certificate
// cert-manager issues.
func (s *stage) creatingGateway(namespace string, change ...func(*answers.Prerequisites)) *check.Env {
	s.T.Helper()
	e := s.throughGateway(namespace, func(x *answers.Expose) {
		x.Gateway.Name = "future"
		x.TLS = answers.ExposeTLS{Mode: answers.CertManager, Issuer: answers.Issuer{Name: "letsencrypt"}}
	})
	e.Answers.Prerequisites.Gateway.Create = true
	for _, c := range change {
		c(&e.Answers.Prerequisites)
	}
	e.Answers = e.Answers.Complete()
	return e
}

func installTraefik(p *answers.Prerequisites) { p.Traefik = answers.PrerequisiteInstall }

// futureGatewayAPI covers a Gateway in a cluster without the Gateway API. It is part of
// TestGateway.
func futureGatewayAPI(t *testing.T, s *stage, other string) {
	refused := checktest.Expect(t, runChecks(t, s.creatingGateway(other), "expose.class"), "expose.class", check.Failed,
		"the GatewayClass traefik does not exist", "prerequisites: {traefik: install", "providers.kubernetesGateway.enabled")
	if refused.Fix.Answers["prerequisites.traefik"] != answers.PrerequisiteInstall {
		t.Errorf("the fix is %+v", refused.Fix)
	}
	report := runChecks(t, s.creatingGateway(other, installTraefik), "expose")
	checktest.Expect(t, report, "expose.class", check.Pass, "Gateway future will be created with listener https",
		"Traefik will be installed from chart oci://")
	checktest.Expect(t, report, "expose.controller", check.Pass, "which will be created")
	checktest.Expect(t, report, "expose.tls", check.Failed, "cert-manager is not installed",
		"--set config.enableGatewayAPI=true", "mode: secret")
	report = runChecks(t, s.creatingGateway(other, installTraefik, func(p *answers.Prerequisites) {
		p.CertManager = answers.PrerequisiteInstall
		p.ClusterIssuer = answers.IssuerToMake{Create: new(true), Email: "ops@example.com"}
	}), "expose")
	checktest.Expect(t, report, "expose.tls", check.Pass, "cert-manager will be installed",
		"ClusterIssuer letsencrypt will be created")
}

// futureGateways covers a Gateway that does not exist in a cluster with a part of the
// Gateway API. It is part of TestGateway.
func futureGateways(t *testing.T, s *stage, other string) {
	class := func(e *check.Env) check.Report { return runChecks(t, e, "expose.class") }
	checktest.Expect(t, class(s.throughGateway(other)), "expose.class", check.Failed,
		"prerequisites: {gateway: {create: true}}")
	checktest.Expect(t, class(s.creatingGateway(other, installTraefik)), "expose.class", check.Failed,
		"lacks backendtlspolicies.v1", "standard-install.yaml")

	s.apply(gatewayapi.GatewayClasses, "", `
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: example}
spec: {controllerName: example.com/gateway}
`)
	checktest.Expect(t, class(s.creatingGateway(other)), "expose.class", check.Failed, "existing: example",
		"prerequisites: {gateway: {class: example}}")
	example := func(p *answers.Prerequisites) { p.Gateway.Class = "example" }
	checktest.Expect(t, class(s.creatingGateway(other, example)), "expose.class", check.Pass,
		"Gateway future will be created", "GatewayClass example of example.com/gateway serves it")
	s.managerWithoutGateways(example, other)
}

// managerWithoutGateways expects that a cert-manager without support for the Gateway API
// is named.
func (s *stage) managerWithoutGateways(example func(*answers.Prerequisites), other string) {
	s.T.Helper()
	labels := map[string]string{"app.kubernetes.io/name": "cert-manager", "app.kubernetes.io/component": "controller"}
	none := int32(0)
	d := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: "cert-manager", Labels: labels},
		Spec: appsv1.DeploymentSpec{Replicas: &none, Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: corev1.PodSpec{
				Containers: []corev1.Container{{Name: "controller", Image: "none"}}}}}}
	deployments := s.Client.AppsV1().Deployments(s.Namespace)
	_, err := deployments.Create(s.T.Context(), d, metav1.CreateOptions{})
	checktest.Must(s.T, err)
	e := s.creatingGateway(other, example).Begin(s.T.Context(), check.Options{})
	defer e.End()
	var fault *check.Fault
	if !errors.As(gatewayManager(s.T.Context(), e), &fault) || fault.Remedy != "add the flag --enable-gateway-api to Deployment cert-manager in namespace "+s.Namespace {
		s.T.Errorf("fault %+v", fault)
	}
	const flag = `[{"op": "add", "path": "/spec/template/spec/containers/0/args", "value": ["--enable-gateway-api"]}]`
	_, err = deployments.Patch(s.T.Context(), d.Name, types.JSONPatchType, []byte(flag), metav1.PatchOptions{})
	checktest.Must(s.T, err)
	if err := gatewayManager(s.T.Context(), e); err != nil {
		s.T.Errorf("with the flag: %v", err)
	}
}
