package expose

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/nearest"
	"github.com/zenml-installer/zenml-installer/internal/prerequisite"
)

// The production and staging servers of Let's Encrypt.
const (
	acmeProduction = prerequisite.ACMEProduction
	acmeStaging    = prerequisite.ACMEStaging
)

// issuer is the relevant part of cert-manager's Issuer and ClusterIssuer.
type issuer struct {
	Metadata metav1.ObjectMeta `json:"metadata"`
	Spec     struct {
		ACME *struct {
			Server  string       `json:"server"`
			Solvers []acmeSolver `json:"solvers"`
		} `json:"acme"`
	} `json:"spec"`
	Status struct {
		Conditions []metav1.Condition `json:"conditions"`
	} `json:"status"`
}

type acmeSolver struct {
	HTTP01 *struct {
		Ingress *struct {
			Class            string `json:"class"`
			IngressClassName string `json:"ingressClassName"`
		} `json:"ingress"`
	} `json:"http01"`
}

func issuerKind(e *check.Env) string {
	return cmp.Or(e.Answers.Expose.TLS.Issuer.Kind, answers.ClusterIssuer)
}

// checkIssuer checks the issuer in the answers.
func checkIssuer(ctx context.Context, e *check.Env) (string, error) {
	name := e.Answers.Expose.TLS.Issuer.Name
	found, err := getIssuer(ctx, e, issuerKind(e))
	switch {
	case err != nil:
		return "", err
	case found == nil && wantsIssuer(e):
		return creatable(ctx, e)
	case found == nil:
		return "", noIssuer(ctx, e)
	case wantsIssuer(e) && prerequisite.IsOwn(found.Metadata.Labels) && !found.isReady():
		return fmt.Sprintf("the installer's own ClusterIssuer %s will be updated until it is Ready", name), nil
	}
	describe := describeIssuer(e)
	for _, c := range found.Status.Conditions {
		if c.Type == "Ready" && c.Status != metav1.ConditionTrue {
			return "", &check.Fault{
				Summary: fmt.Sprintf("%s %s is not Ready: %s", issuerKind(e), name, conditionText(c)),
				Remedy:  describe,
			}
		}
	}
	if len(found.Status.Conditions) == 0 {
		return "", &check.Fault{
			Summary: fmt.Sprintf("%s %s has no status: cert-manager's controller has not processed it", issuerKind(e),
				name),
			Remedy: "check that cert-manager runs: kubectl get pods -A -l app.kubernetes.io/name=cert-manager\n" +
				describe,
		}
	}
	ready := fmt.Sprintf("%s %s is Ready", issuerKind(e), name)
	if found.Spec.ACME != nil && strings.Contains(found.Spec.ACME.Server, "acme-staging") {
		ready += "; browsers do not trust its staging certificates"
	}
	return ready, acmeFault(e, found)
}

func (i *issuer) isReady() bool {
	return slices.ContainsFunc(i.Status.Conditions, func(c metav1.Condition) bool {
		return c.Type == "Ready" && c.Status == metav1.ConditionTrue
	})
}

// creatable checks that the user can create the issuer that the answers request.
func creatable(ctx context.Context, e *check.Env) (string, error) {
	name := e.Answers.Expose.TLS.Issuer.Name
	allowed, err := check.Allowed(ctx, e, authorizationv1.ResourceAttributes{Verb: "create", Name: name,
		Group: clusterIssuerResource.Group, Resource: clusterIssuerResource.Resource})
	switch {
	case err != nil:
		return "", err
	case !allowed:
		return "", &check.Fault{
			Summary: fmt.Sprintf("the ClusterIssuer %s does not exist, and you cannot create it", name),
			Remedy:  "ask a cluster administrator to create it:\n" + issuerCommand(e),
		}
	}
	return issuerSentence(e), nil
}

// issuerSentence describes the issuer that will be created.
func issuerSentence(e *check.Env) string {
	server := prerequisite.ACMEServer(e.Answers.Prerequisites.ClusterIssuer)
	text := fmt.Sprintf("ClusterIssuer %s will be created for %s", e.Answers.Expose.TLS.Issuer.Name, server)
	if server == acmeStaging {
		text += "; browsers do not trust its staging certificates"
	}
	return text
}

// futureIssuer checks the issuer for a cert-manager that will be installed.
func futureIssuer(e *check.Env, manager prerequisite.Component) (string, error) {
	if !wantsIssuer(e) {
		return "", &check.Fault{
			Summary: fmt.Sprintf("the %s %s does not exist, because cert-manager is not installed yet", issuerKind(e),
				e.Answers.Expose.TLS.Issuer.Name),
			Remedy: "let the installer create it, too: prerequisites: {clusterIssuer: {create: true, acme: production, " +
				"email: ops@example.com}}",
		}
	}
	return willInstall(manager) + "; " + issuerSentence(e), nil
}

func describeIssuer(e *check.Env) string {
	namespace := ""
	if issuerKind(e) == answers.NamespaceIssuer {
		namespace = "-n " + prerequisite.CertificateNamespace(e.Answers) + " "
	}
	return fmt.Sprintf("kubectl %sdescribe %s %s", namespace, strings.ToLower(issuerKind(e)),
		e.Answers.Expose.TLS.Issuer.Name)
}

func getIssuer(ctx context.Context, e *check.Env, kind string) (*issuer, error) {
	resource, namespace := clusterIssuerResource, ""
	if kind == answers.NamespaceIssuer {
		resource, namespace = issuerResource, prerequisite.CertificateNamespace(e.Answers)
	}
	return check.Get[issuer](ctx, e, resource, namespace, e.Answers.Expose.TLS.Issuer.Name)
}

// noIssuer suggests an issuer of the other kind with the same name, then other names.
func noIssuer(ctx context.Context, e *check.Env) error {
	name, kind := e.Answers.Expose.TLS.Issuer.Name, issuerKind(e)
	other, resource, namespace := answers.NamespaceIssuer, clusterIssuerResource, ""
	if kind == answers.NamespaceIssuer {
		other, resource, namespace = answers.ClusterIssuer, issuerResource, prerequisite.CertificateNamespace(e.Answers)
	}
	fault := &check.Fault{
		Summary: fmt.Sprintf("the %s %s does not exist", kind, name),
		Remedy:  issuerCommand(e),
	}
	if kind == answers.ClusterIssuer {
		fault.Remedy = "let the installer create it: prerequisites: {clusterIssuer: {create: true, acme: production, " +
			"email: ops@example.com}}\nor create it yourself:\n" + fault.Remedy
	}
	if found, err := getIssuer(ctx, e, other); err == nil && found != nil {
		fault.Summary += "; there is one of kind " + other
		fault.Remedy = fmt.Sprintf("expose: {tls: {issuer: {name: %s, kind: %s}}}", name, other)
		fault.Fix = check.Fix{Title: "Use " + other + " " + name,
			Answers: map[string]string{"expose.tls.issuer.kind": other}}
		return fault
	}
	if names := issuerNames(ctx, e, resource, namespace); len(names) > 0 {
		fault.Summary += "; existing: " + check.JoinAnd(names)
		meant := nearest.Sorted(name, names)[0]
		fault.Remedy = fmt.Sprintf("expose: {tls: {issuer: {name: %s}}}", meant)
		fault.Fix = check.Fix{Title: "Use " + kind + " " + meant,
			Answers: map[string]string{"expose.tls.issuer.name": meant}}
	}
	return fault
}

func issuerNames(ctx context.Context, e *check.Env, r schema.GroupVersionResource, namespace string) []string {
	var names []string
	_ = check.Each(ctx, e, r, namespace,
		func(i struct{ Metadata metav1.ObjectMeta }) { names = append(names, i.Metadata.Name) }) // only to help
	return names
}

// acmeFault warns about a working issuer that does not fit.
func acmeFault(e *check.Env, found *issuer) error {
	if found.Spec.ACME == nil {
		return nil
	}
	if fault := acmeMix(
		e.Answers.Expose.TLS.Issuer.Name,
		found.Spec.ACME.Server,
		wantedACME(e),
		issuerKind(e),
	); fault != nil {
		return fault
	}
	if byGateway(e) {
		return gatewaySolverFault(e, found)
	}
	for _, s := range found.Spec.ACME.Solvers {
		if s.HTTP01 == nil || s.HTTP01.Ingress == nil {
			continue
		}
		class := cmp.Or(s.HTTP01.Ingress.IngressClassName, s.HTTP01.Ingress.Class)
		if class != "" && class != ingressClassName(e) {
			return &check.Fault{
				Warn: true,
				Summary: fmt.Sprintf("the issuer's HTTP-01 solver uses ingress class %s, but the server uses class %s",
					class, ingressClassName(e)),
				Reason: "Let's Encrypt sends the challenge to the host's address, where the other controller " +
					"does not serve it, so the certificate is never issued",
				Remedy: fmt.Sprintf("set expose: {ingress: {class: %s}}, or change the issuer's solver", class),
			}
		}
	}
	return nil
}

// wantedACME returns the ACME server that the answers request, or "".
func wantedACME(e *check.Env) string {
	if !wantsIssuer(e) || e.Answers.Prerequisites.ClusterIssuer.Server != "" {
		return ""
	}
	return cmp.Or(e.Answers.Prerequisites.ClusterIssuer.ACME, answers.ACMEStaging)
}

// acmeMix warns if an issuer's name, its server and the answers contradict each
// other. A consistent staging issuer is fine.
func acmeMix(name, server, wanted, kind string) *check.Fault {
	is := map[string]string{strings.TrimRight(acmeStaging, "/"): answers.ACMEStaging, strings.TrimRight(acmeProduction, "/"): answers.ACMEProduction}[strings.TrimRight(server, "/")]
	named := ""
	switch {
	case strings.Contains(name, "staging"):
		named = answers.ACMEStaging
	case strings.Contains(name, "prod"):
		named = answers.ACMEProduction
	}
	fault := &check.Fault{
		Warn:   true,
		Reason: "browsers do not trust staging certificates; production limits the number of attempts per week",
	}
	switch {
	case is == "":
		return nil
	case wanted != "" && is != wanted:
		fault.Summary = fmt.Sprintf("%s %s already exists and uses Let's Encrypt's %s server, but the answers ask "+
			"for %s",
			kind, name, is, wanted)
		fault.Remedy = "set another name: expose: {tls: {issuer: {name: letsencrypt-" + wanted + "}}}"
	case named != "" && is != named:
		fault.Summary = fmt.Sprintf("%s %s has %s in its name but uses Let's Encrypt's %s server: %s",
			kind, name, named,
			is, server)
		fault.Remedy = "set expose: {tls: {issuer: {name: …}}} to an issuer with the server " +
			map[string]string{answers.ACMEStaging: acmeStaging, answers.ACMEProduction: acmeProduction}[named]
	default:
		return nil
	}
	return fault
}
