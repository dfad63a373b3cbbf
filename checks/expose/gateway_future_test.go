package expose

import (
	"errors"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/gatewayapi"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/prerequisite"
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
	elsewhere := s.creatingGateway(other, example)
	elsewhere.Answers.Expose.Gateway.Namespace = other + "-missing"
	checktest.Expect(t, class(elsewhere), "expose.class", check.Pass)
	elsewhere.Cluster = gatewayMaker(t, s)
	checktest.Expect(t, class(elsewhere), "expose.class", check.Failed, "the namespace "+other+"-missing",
		"you cannot create it")
}

// ownGateway covers a Gateway that a previous run created. It is part of TestGateway.
func ownGateway(t *testing.T, s *stage, other string) {
	s.apply(gatewayapi.GatewayClasses, "", `
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: example}
spec: {controllerName: example.com/gateway}
`)
	e := s.creatingGateway(other, func(p *answers.Prerequisites) { p.Gateway.Class = "example" })
	report := func(change func(*unstructured.Unstructured), accepted, programmed string) check.Report {
		g := prerequisite.Gateway(e.Answers)
		change(g)
		text, err := g.MarshalJSON()
		checktest.Must(t, err)
		s.apply(gatewayResource, s.Namespace, strings.TrimSuffix(strings.TrimSpace(string(text)), "}")+
			`, "status": {"addresses": [{"value": "203.0.113.20"}], "conditions": [`+accepted+", "+programmed+`]}}`)
		return runChecks(t, e, "expose.class", "expose.controller")
	}
	state := func(kind, status, reason string) string {
		return `{"type": "` + kind + `", "status": "` + status + `", "reason": "` + reason +
			`", "message": "m", "lastTransitionTime": "2026-01-01T00:00:00Z"}`
	}
	same := func(*unstructured.Unstructured) {}
	programmed := state("Programmed", "False", "Invalid")

	rejected := report(same, state("Accepted", "False", "Invalid"), programmed)
	checktest.Expect(t, rejected, "expose.class", check.Pass, "Gateway future will be updated with listener https")
	checktest.Expect(t, rejected, "expose.controller", check.Pass, "which will be updated")

	works := report(same, state("Accepted", "True", "Accepted"), programmed)
	checktest.Expect(t, works, "expose.class", check.Pass, "Gateway future, listener https")
	checktest.Expect(t, works, "expose.controller", check.Pass, "203.0.113.20")

	foreign := report(func(g *unstructured.Unstructured) { g.SetAnnotations(nil) },
		state("Accepted", "False", "Invalid"), programmed)
	checktest.Expect(t, foreign, "expose.controller", check.Failed, "is not Accepted: m (Invalid)")
}

// TestAwaitsCertificate does not take an invalid Gateway for one that lacks its certificate.
func TestAwaitsCertificate(t *testing.T) {
	e := &check.Env{Answers: answers.Answers{Expose: answers.Expose{Type: answers.ByGateway,
		TLS: answers.ExposeTLS{Mode: answers.CertManager}}}}
	g := &gateway{isFuture: true}
	for condition, want := range map[metav1.Condition]bool{
		{Type: "Programmed", Reason: "Invalid"}:                 true,
		{Type: "Accepted", Reason: "ListenersNotValid"}:         true,
		{Type: "ResolvedRefs", Reason: "InvalidCertificateRef"}: true,
		{Type: "Accepted", Reason: "Invalid"}:                   false,
		{Type: "ResolvedRefs", Reason: "RefNotPermitted"}:       false,
	} {
		if got := g.awaitsCertificate(e, condition); got != want {
			t.Errorf("%s %s: %t", condition.Type, condition.Reason, got)
		}
	}
}

// gatewayMaker returns the access of a user who can create Gateways everywhere, but no
// namespaces.
func gatewayMaker(t *testing.T, s *stage) *kube.Access {
	t.Helper()
	access := checktest.ServiceAccount(t, s.Cluster, s.Namespace)
	meta := metav1.ObjectMeta{Name: s.Namespace + "-gateways"}
	role := &rbacv1.ClusterRole{ObjectMeta: meta, Rules: []rbacv1.PolicyRule{
		{APIGroups: []string{gatewayapi.Group}, Resources: []string{"*"}, Verbs: []string{"get", "list", "create"}},
		{APIGroups: []string{""}, Resources: []string{"namespaces"}, Verbs: []string{"get", "list"}},
	}}
	binding := &rbacv1.ClusterRoleBinding{ObjectMeta: meta,
		RoleRef:  rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: meta.Name},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Name: "restricted", Namespace: s.Namespace}}}
	t.Cleanup(func() {
		_ = s.Client.RbacV1().ClusterRoles().Delete(checktest.ContextOf(t), meta.Name, metav1.DeleteOptions{})
		_ = s.Client.RbacV1().ClusterRoleBindings().Delete(checktest.ContextOf(t), meta.Name, metav1.DeleteOptions{})
	})
	_, err := s.Client.RbacV1().ClusterRoles().Create(t.Context(), role, metav1.CreateOptions{})
	checktest.Must(t, err)
	_, err = s.Client.RbacV1().ClusterRoleBindings().Create(t.Context(), binding, metav1.CreateOptions{})
	checktest.Must(t, err)
	return access
}

// TestCRDRejection blames the version of Kubernetes only if an old one finds a CRD invalid.
func TestCRDRejection(t *testing.T) {
	kind := schema.GroupKind{Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition"}
	for _, c := range []struct {
		server string
		err    error
		blames bool
		fault  bool
	}{
		{"v1.30.4+k3s1", apierrors.NewInvalid(kind, "gateways", nil), true, true},
		{"v1.31.0", apierrors.NewInvalid(kind, "gateways", nil), false, true},
		{"v1.30.4", apierrors.NewForbidden(prerequisite.CRDs.GroupResource(), "gateways", errors.New("policy")), false,
			false},
	} {
		err := crdRejection(c.server, "gateways", c.err)
		var fault *check.Fault
		if is := errors.As(err, &fault); is != c.fault || is && (fault.Reason != "") != c.blames {
			t.Errorf("%s: %v, %+v", c.server, err, fault)
		}
	}
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
