package expose

import (
	"context"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// gatewayIssuers maps the annotations of a Gateway with which cert-manager
// issues its certificates to the kind of the issuer.
var gatewayIssuers = map[string]string{
	"cert-manager.io/cluster-issuer": answers.ClusterIssuer,
	"cert-manager.io/issuer":         answers.NamespaceIssuer,
}

// explainUnissued adds to the fault of a Gateway's missing certificate why
// cert-manager does not issue it, if the Gateway names an issuer.
func explainUnissued(ctx context.Context, e *check.Env, g *gateway, err error) error {
	var fault *check.Fault
	if !errors.As(err, &fault) || !apierrors.IsNotFound(fault.Err) {
		return err
	}
	for annotation, kind := range gatewayIssuers {
		name := g.Metadata.Annotations[annotation]
		if name == "" {
			continue
		}
		fault.Reason = fmt.Sprintf("cert-manager issues it with %s %s", kind, name)
		fault.Remedy = fmt.Sprintf("see why it has not: kubectl -n %s describe certificates,certificaterequests,"+
			"orders,challenges", g.Metadata.Namespace)
		if why, remedy := gatewayIssuerProblem(ctx, e, g, kind, name); why != "" {
			fault.Reason, fault.Remedy = fault.Reason+", but "+why, remedy
		}
	}
	return fault
}

// gatewayIssuerProblem returns why an issuer cannot issue a Gateway's
// certificate; empty if that is not known.
func gatewayIssuerProblem(ctx context.Context, e *check.Env, g *gateway, kind, name string) (why, remedy string) {
	resource, namespace := clusterIssuerResource, ""
	if kind == answers.NamespaceIssuer {
		resource, namespace = issuerResource, g.Metadata.Namespace
	}
	found, err := check.Get[issuer](ctx, e, resource, namespace, name)
	switch {
	case err != nil:
		return "", ""
	case found == nil:
		return "it does not exist", fmt.Sprintf("correct the annotation: kubectl -n %s edit gateway %s",
			g.Metadata.Namespace, g.Metadata.Name)
	case found.onlyIngresses():
		return "its HTTP-01 solvers create Ingresses, which a Gateway does not serve",
			addSolver(kind, name, g.Metadata.Name, g.Metadata.Namespace)
	}
	return "", ""
}

func addSolver(kind, name, gateway, namespace string) string {
	return fmt.Sprintf("add a solver to %s %s:\nhttp01: {gatewayHTTPRoute: {parentRefs: [{kind: Gateway, name: %s, "+
		"namespace: %s}]}}", kind, name, gateway, namespace)
}

// gatewaySolverFault warns about an issuer whose challenges no Gateway serves.
func gatewaySolverFault(e *check.Env, found *issuer) error {
	if !found.onlyIngresses() {
		return nil
	}
	kind, name, ref := issuerKind(e), e.Answers.Expose.TLS.Issuer.Name, e.Answers.Expose.Gateway
	return &check.Fault{
		Warn:    true,
		Summary: fmt.Sprintf("the HTTP-01 solvers of %s %s create Ingresses, which a Gateway does not serve", kind, name),
		Reason:  "the certificate is never issued",
		Remedy:  addSolver(kind, name, ref.Name, ref.Namespace),
	}
}

// onlyIngresses reports whether every solver of an ACME issuer creates Ingresses.
func (i *issuer) onlyIngresses() bool {
	if i.Spec.ACME == nil || len(i.Spec.ACME.Solvers) == 0 {
		return false
	}
	for _, s := range i.Spec.ACME.Solvers {
		if s.HTTP01 == nil || s.HTTP01.Ingress == nil {
			return false
		}
	}
	return true
}
