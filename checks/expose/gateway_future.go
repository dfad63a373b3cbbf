package expose

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	authorizationv1 "k8s.io/api/authorization/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/gatewayapi"
	"github.com/zenml-installer/zenml-installer/internal/prerequisite"
)

// createGatewayFix is the change of the answers that lets the installer create the Gateway.
var createGatewayFix = check.Fix{Title: "Create the Gateway",
	Answers: map[string]string{"prerequisites.gateway.create": "true"}}

// What the install does with a Gateway.
const (
	created = "created"
	updated = "updated"
)

// futureGateway returns the Gateway that the install will create or update, with the
// listeners that it will have. It fails if nothing would serve it.
func futureGateway(ctx context.Context, e *check.Env, existing *gateway) (*gateway, error) {
	planned, err := prerequisite.Gateway(e.Answers).MarshalJSON()
	if err != nil {
		return nil, err
	}
	g := &gateway{}
	if err := json.Unmarshal(planned, g); err != nil {
		return nil, err
	}
	g.isFuture, g.change = true, created
	if existing != nil {
		g.change = updated
		g.keepListeners(existing)
	}
	if g.controller, err = futureController(ctx, e); err != nil {
		return nil, err
	}
	return g, mayPutGateway(ctx, e, g)
}

// keepListeners adds the listeners of the existing Gateway that are not the installer's.
func (g *gateway) keepListeners(existing *gateway) {
	for _, l := range existing.Spec.Listeners {
		if !slices.ContainsFunc(g.Spec.Listeners, func(own listener) bool { return own.Name == l.Name }) {
			g.Spec.Listeners = append(g.Spec.Listeners, l)
		}
	}
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

// mayPutGateway checks the permissions to create or update the Gateway.
func mayPutGateway(ctx context.Context, e *check.Env, g *gateway) error {
	ref, verb := e.Answers.Expose.Gateway, "create"
	if g.change == updated {
		verb = "update"
	}
	allowed, err := check.Allowed(ctx, e, authorizationv1.ResourceAttributes{Verb: verb, Namespace: ref.Namespace,
		Group: gatewayapi.Group, Resource: gatewayResource.Resource})
	switch {
	case err != nil:
		return err
	case allowed && g.change == updated:
		return nil
	case allowed:
		return mayCreateNamespace(ctx, e, ref)
	case g.change == updated:
		return &check.Fault{
			Summary: fmt.Sprintf("no controller serves the Gateway %s, and you cannot update it in namespace %s", ref.Name,
				ref.Namespace),
			Remedy: fmt.Sprintf("ask a cluster administrator to correct it: kubectl -n %s describe gateway %s", ref.Namespace,
				ref.Name),
		}
	}
	return &check.Fault{
		Summary: fmt.Sprintf("the Gateway %s does not exist, and you cannot create it in namespace %s", ref.Name,
			ref.Namespace),
		Remedy: otherGateway,
	}
}

const otherGateway = "ask a cluster administrator to create it, or set expose.gateway.name and " +
	"expose.gateway.namespace to an existing one: kubectl get gateways -A"

// mayCreateNamespace checks the permission to create the Gateway's namespace if it does
// not exist. The check of the namespaces covers the server's.
func mayCreateNamespace(ctx context.Context, e *check.Env, ref answers.Gateway) error {
	if ref.Namespace == e.Namespace() {
		return nil
	}
	client, err := e.Cluster.Client()
	if err != nil {
		return err
	}
	_, err = client.CoreV1().Namespaces().Get(ctx, ref.Namespace, metav1.GetOptions{})
	switch {
	case err == nil, apierrors.IsForbidden(err): // it may exist
		return nil
	case !apierrors.IsNotFound(err):
		return check.KubeError(err)
	}
	allowed, err := check.Allowed(ctx, e, authorizationv1.ResourceAttributes{Verb: "create", Resource: "namespaces"})
	if err != nil || allowed {
		return err
	}
	return &check.Fault{
		Summary: fmt.Sprintf("the namespace %s of the Gateway %s does not exist, and you cannot create it", ref.Namespace,
			ref.Name),
		Remedy: otherGateway,
	}
}

// isOwn reports whether the installer creates the Gateway, or did so for this release in a
// previous run.
func (g *gateway) isOwn(e *check.Env) bool {
	return g.isFuture || prerequisite.WantsGateway(e.Answers) &&
		prerequisite.OwnsGateway(prerequisite.Gateway(e.Answers), &g.Metadata)
}

// needsUpdate reports whether the installer created the Gateway and no controller serves it:
// then the install corrects it.
func (g *gateway) needsUpdate(e *check.Env) bool {
	if !g.isOwn(e) {
		return false
	}
	listeners := prerequisite.ListenerNames(prerequisite.Gateway(e.Answers))
	return !g.Status.Acceptance(g.Metadata.Generation, listeners).Works()
}

// awaitsCertificate reports whether a condition is about a certificate that cert-manager
// has not issued yet for the installer's own Gateway. expose.tls checks it.
func (g *gateway) awaitsCertificate(e *check.Env, c metav1.Condition) bool {
	return g.isOwn(e) && certificateMode(e) == answers.CertManager &&
		(c.Reason == "InvalidCertificateRef" || c.Reason == "ListenersNotValid" ||
			c.Reason == "Invalid" && c.Type == "Programmed")
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
