package expose

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// Let's Encrypt's two services, as its documentation gives them.
const (
	acmeProduction = "https://acme-v02.api.letsencrypt.org/directory"
	acmeStaging    = "https://acme-staging-v02.api.letsencrypt.org/directory"
)

// issuer is what of cert-manager's Issuer and ClusterIssuer decides.
type issuer struct {
	Spec struct {
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

// checkIssuer judges the issuer that the answers name.
func checkIssuer(ctx context.Context, e *check.Env) (string, error) {
	name := e.Answers.Expose.TLS.Issuer.Name
	found, err := getIssuer(ctx, e, issuerKind(e))
	switch {
	case err != nil:
		return "", err
	case found == nil:
		return "", noIssuer(ctx, e)
	}
	describe := describeIssuer(e)
	for _, c := range found.Status.Conditions {
		if c.Type == "Ready" && c.Status != metav1.ConditionTrue {
			return "", &check.Fault{Found: fmt.Sprintf("%s %s is not Ready: %s", issuerKind(e), name, said(c)), Remedy: describe}
		}
	}
	if len(found.Status.Conditions) == 0 {
		return "", &check.Fault{Found: fmt.Sprintf("%s %s has no state: cert-manager's controller has not looked at it", issuerKind(e), name), Remedy: "kubectl get pods -A -l app.kubernetes.io/name=cert-manager; " + describe}
	}
	ready := fmt.Sprintf("%s %s is Ready", issuerKind(e), name)
	if found.Spec.ACME != nil && strings.Contains(found.Spec.ACME.Server, "acme-staging") {
		ready += "; its certificates are for trying out, browsers do not trust them"
	}
	return ready, acmeFault(e, found)
}

func describeIssuer(e *check.Env) string {
	namespace := ""
	if issuerKind(e) == answers.NamespaceIssuer {
		namespace = "-n " + e.Namespace() + " "
	}
	return fmt.Sprintf("kubectl %sdescribe %s %s", namespace, strings.ToLower(issuerKind(e)), e.Answers.Expose.TLS.Issuer.Name)
}

func getIssuer(ctx context.Context, e *check.Env, kind string) (*issuer, error) {
	resource, namespace := clusterIssuerResource, ""
	if kind == answers.NamespaceIssuer {
		resource, namespace = issuerResource, e.Namespace()
	}
	return check.Get[issuer](ctx, e, resource, namespace, e.Answers.Expose.TLS.Issuer.Name)
}

// noIssuer looks for the name among issuers of the other kind, then for other
// names.
func noIssuer(ctx context.Context, e *check.Env) error {
	name, kind := e.Answers.Expose.TLS.Issuer.Name, issuerKind(e)
	other, resource, namespace := answers.NamespaceIssuer, clusterIssuerResource, ""
	if kind == answers.NamespaceIssuer {
		other, resource, namespace = answers.ClusterIssuer, issuerResource, e.Namespace()
	}
	fault := &check.Fault{Found: fmt.Sprintf("there is no %s %s%s", kind, name, leftToYou("prerequisites.clusterIssuer.create", makesIssuer(e))), Remedy: makeIssuer(e)}
	if found, err := getIssuer(ctx, e, other); err == nil && found != nil {
		fault.Found += ", but there is one of kind " + other
		fault.Remedy = fmt.Sprintf("expose: {tls: {issuer: {name: %s, kind: %s}}}", name, other)
		return fault
	}
	if names := issuerNames(ctx, e, resource, namespace); len(names) > 0 && !makesIssuer(e) {
		fault.Found += "; there is " + check.JoinAnd(names)
		fault.Remedy = fmt.Sprintf("expose: {tls: {issuer: {name: %s}}}", names[0])
	}
	return fault
}

func issuerNames(ctx context.Context, e *check.Env, r schema.GroupVersionResource, namespace string) []string {
	var names []string
	_ = check.Each(ctx, e, r, namespace, func(i struct{ Metadata metav1.ObjectMeta }) { names = append(names, i.Metadata.Name) }) // only to help
	return names
}

// acmeFault warns of an issuer that works and serves the wrong purpose.
func acmeFault(e *check.Env, found *issuer) error {
	if found.Spec.ACME == nil {
		return nil
	}
	if fault := acmeMix(e.Answers.Expose.TLS.Issuer.Name, found.Spec.ACME.Server, wantedACME(e), issuerKind(e)); fault != nil {
		return fault
	}
	for _, s := range found.Spec.ACME.Solvers {
		if s.HTTP01 == nil || s.HTTP01.Ingress == nil {
			continue
		}
		class := cmp.Or(s.HTTP01.Ingress.IngressClassName, s.HTTP01.Ingress.Class)
		if class != "" && class != ingressClassName(e) {
			return &check.Fault{Warn: true, Found: fmt.Sprintf("the issuer answers Let's Encrypt through ingress class %s, and the server is exposed by class %s", class, ingressClassName(e)),
				Why:    "Let's Encrypt asks at the address of the host, where the other controller does not know the answer: the certificate never comes",
				Remedy: fmt.Sprintf("expose: {ingress: {class: %s}}, or change the issuer's solver", class)}
		}
	}
	return nil
}

// wantedACME is the service that the answers ask for; empty when they do not.
func wantedACME(e *check.Env) string {
	if !makesIssuer(e) {
		return ""
	}
	return cmp.Or(e.Answers.Prerequisites.ClusterIssuer.ACME, answers.ACMEStaging)
}

// acmeMix warns when an issuer's name, its server and what was asked for do
// not belong together. Of a staging issuer that is one on purpose it says
// nothing: that is how one tries out.
func acmeMix(name, server, wanted, kind string) *check.Fault {
	is := map[string]string{strings.TrimRight(acmeStaging, "/"): answers.ACMEStaging, strings.TrimRight(acmeProduction, "/"): answers.ACMEProduction}[strings.TrimRight(server, "/")]
	named := ""
	switch {
	case strings.Contains(name, "staging"):
		named = answers.ACMEStaging
	case strings.Contains(name, "prod"):
		named = answers.ACMEProduction
	}
	fault := &check.Fault{Warn: true, Why: "certificates of staging are trusted by nobody; production limits how often one may try, for a week"}
	switch {
	case is == "":
		return nil
	case wanted != "" && is != wanted:
		fault.Found = fmt.Sprintf("%s %s is there already and gets its certificates from Let's Encrypt's %s, while %s is asked for", kind, name, is, wanted)
		fault.Remedy = "choose another name: expose: {tls: {issuer: {name: letsencrypt-" + wanted + "}}}"
	case named != "" && is != named:
		fault.Found = fmt.Sprintf("%s %s bears %s in its name, and gets its certificates from Let's Encrypt's %s: %s", kind, name, named, is, server)
		fault.Remedy = "use an issuer whose server is " + map[string]string{answers.ACMEStaging: acmeStaging, answers.ACMEProduction: acmeProduction}[named]
	default:
		return nil
	}
	return fault
}
