package expose

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/gatewayapi"
	"github.com/zenml-installer/zenml-installer/internal/prerequisite"
)

// createGatewayFix is the change of the answers that lets the installer create the Gateway.
var createGatewayFix = check.Fix{Title: "Create the Gateway",
	Answers: map[string]string{"prerequisites.gateway.create": "true"}}

// futureGateway returns the Gateway that the install will create, with the listeners that
// it will have. It fails if nothing would serve it.
func futureGateway(ctx context.Context, e *check.Env) (*gateway, error) {
	planned, err := prerequisite.Gateway(e.Answers).MarshalJSON()
	if err != nil {
		return nil, err
	}
	g := &gateway{}
	if err := json.Unmarshal(planned, g); err != nil {
		return nil, err
	}
	if g.controller, err = futureController(ctx, e); err != nil {
		return nil, err
	}
	g.isFuture = true
	return g, mayCreateGateway(ctx, e)
}

// futureController describes what will serve a new Gateway: a class of the cluster, or
// Traefik.
func futureController(ctx context.Context, e *check.Env) (string, error) {
	client, err := e.Cluster.Client()
	if err != nil {
		return "", err
	}
	classes, err := prerequisite.GatewayClasses(ctx, client)
	if err != nil {
		return "", check.KubeError(err)
	}
	wanted, others := prerequisite.GatewayClass(e.Answers), []string{}
	for _, c := range classes {
		if c.Metadata.Name == wanted {
			return fmt.Sprintf("GatewayClass %s of %s serves it", wanted, c.Spec.ControllerName), nil
		}
		others = append(others, c.Metadata.Name)
	}
	switch c, err := pending(ctx, e, prerequisite.Traefik); {
	case err != nil:
		return "", err
	case c != nil:
		return willInstall(*c), crdsInstallable(ctx, e)
	case e.Answers.Prerequisites.Traefik == answers.PrerequisiteSkip:
		return "prerequisites.traefik is skip", nil
	}
	return "", noGatewayClass(ctx, e, wanted, others)
}

// noGatewayClass suggests existing classes, or to install a controller.
func noGatewayClass(ctx context.Context, e *check.Env, wanted string, others []string) error {
	traefik := prerequisite.Traefik.For(e.Answers)
	fault := &check.Fault{Summary: fmt.Sprintf("the GatewayClass %s does not exist", wanted)}
	if len(others) > 0 {
		fault.Summary += "; existing: " + check.JoinAnd(others)
		fault.Remedy = fmt.Sprintf("prerequisites: {gateway: {class: %s}}", others[0])
		fault.Fix = check.Fix{Title: "Use GatewayClass " + others[0],
			Answers: map[string]string{"prerequisites.gateway.class": others[0]}}
		return fault
	}
	_, agreed := agreedTo(e, traefik)
	if state, err := findState(ctx, e, traefik); err == nil && agreed && !state.NeedsInstall() {
		fault.Summary += fmt.Sprintf("; Traefik is installed already (%s), but does not serve Gateways", state.Found)
		fault.Remedy = "enable its Gateway API provider and create the class, which the installer does not do: set " +
			"providers.kubernetesGateway.enabled=true in the values of its chart"
		return fault
	}
	fault.Remedy = "let the installer install Traefik: prerequisites: {traefik: install, gateway: {create: true, class: " +
		prerequisite.Traefik.Class + "}}\nor install a controller yourself:\n" + prerequisite.InstallGatewayAPI + "\n" +
		traefik.InstallCommand()
	if wanted == prerequisite.Traefik.Class {
		fault.Fix = installs(traefik)
	}
	return fault
}

// crdsInstallable checks that the API server accepts the CRDs of the Gateway API that the
// install creates, or has those that Traefik needs.
func crdsInstallable(ctx context.Context, e *check.Env) error {
	client, err := e.Cluster.Client()
	if err != nil {
		return err
	}
	missing, err := prerequisite.MissingCRDs(ctx, client)
	if err != nil {
		return check.KubeError(err)
	}
	if len(missing) == 0 {
		return crdsSuffice(ctx, e)
	}
	objects, err := check.DynamicClient(e)
	if err != nil {
		return err
	}
	for i := range missing {
		_, err := objects.Resource(prerequisite.CRDs).Create(ctx, &missing[i],
			metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		if err != nil {
			return &check.Fault{
				Summary: fmt.Sprintf("the API server rejects the CRD %s of the Gateway API %s: %v", missing[i].GetName(),
					gatewayapi.Version, err),
				Reason: "Kubernetes before 1.31 does not know all of its validations",
				Remedy: "install a version of the Gateway API and a controller that this cluster supports: " + gatewayAPI +
					"\nor set expose: {type: ingress}",
			}
		}
	}
	return nil
}

// crdsSuffice checks that an existing Gateway API has what Traefik needs.
func crdsSuffice(ctx context.Context, e *check.Env) error {
	client, err := e.Cluster.Client()
	if err != nil {
		return err
	}
	unserved, err := prerequisite.UnservedResources(ctx, client)
	if err != nil || len(unserved) == 0 {
		return check.KubeError(err)
	}
	return &check.Fault{
		Summary: "the cluster's Gateway API lacks " + strings.Join(unserved, ", ") + ", which Traefik needs",
		Reason:  "without them Traefik does not serve any Gateway, and the installer does not change an existing API",
		Remedy:  "update it:\n" + prerequisite.InstallGatewayAPI + "\nor use the controller that it was installed for",
	}
}

// mayCreateGateway checks the permission to create the Gateway.
func mayCreateGateway(ctx context.Context, e *check.Env) error {
	ref := e.Answers.Expose.Gateway
	allowed, err := check.Allowed(ctx, e, authorizationv1.ResourceAttributes{Verb: "create", Namespace: ref.Namespace,
		Group: gatewayapi.Group, Resource: gatewayResource.Resource})
	if err != nil || allowed {
		return err
	}
	return &check.Fault{
		Summary: fmt.Sprintf("the Gateway %s does not exist, and you cannot create it in namespace %s", ref.Name,
			ref.Namespace),
		Remedy: "ask a cluster administrator to create it, or set expose.gateway.name and expose.gateway.namespace to an " +
			"existing one: kubectl get gateways -A",
	}
}

// isOwn reports whether the installer creates the Gateway, or did so in a previous run.
func (g *gateway) isOwn(e *check.Env) bool {
	return g.isFuture || prerequisite.WantsGateway(e.Answers) && prerequisite.IsOwn(g.Metadata.Labels)
}

// awaitsCertificate reports whether a condition is about a certificate that cert-manager
// has not issued yet for the installer's own Gateway. expose.tls checks it.
func (g *gateway) awaitsCertificate(e *check.Env, c metav1.Condition) bool {
	return g.isOwn(e) && certificateMode(e) == answers.CertManager &&
		(c.Reason == "InvalidCertificateRef" || c.Reason == "ListenersNotValid" || c.Reason == "Invalid")
}

// gatewayManager checks that cert-manager issues certificates for Gateways.
func gatewayManager(ctx context.Context, e *check.Env) error {
	client, err := e.Cluster.Client()
	if err != nil {
		return err
	}
	support, err := prerequisite.FindGatewaySupport(ctx, client)
	if err != nil || !support.Known || support.Enabled {
		return check.KubeError(err)
	}
	return &check.Fault{
		Summary: fmt.Sprintf("cert-manager in namespace %s does not support the Gateway API, so it issues no certificate for "+
			"a Gateway", support.Namespace),
		Reason: "it is off by default, and the installer does not change an existing cert-manager",
		Remedy: support.Remedy(),
	}
}
