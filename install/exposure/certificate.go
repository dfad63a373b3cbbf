package exposure

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/internal/kubestatus"
)

// certObject contains the relevant fields of cert-manager's objects.
type certObject struct {
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		IssuerRef struct {
			Name string `json:"name"`
			Kind string `json:"kind"`
		} `json:"issuerRef"`
		SelfSigned *struct{} `json:"selfSigned"` // of an issuer, like CA and ACME
		CA         *struct{} `json:"ca"`
		ACME       struct {
			Server string `json:"server"`
		} `json:"acme"`
		Solver struct {
			HTTP01 struct {
				Ingress *struct {
					Class            string `json:"class"`
					IngressClassName string `json:"ingressClassName"`
				} `json:"ingress"`
			} `json:"http01"`
		} `json:"solver"`
	} `json:"spec"`
	Status struct {
		State      string             `json:"state"`
		Reason     string             `json:"reason"`
		Conditions []metav1.Condition `json:"conditions"`
	} `json:"status"`
}

// message is the message of the condition that says why the object is not ready.
func (o certObject) message() string {
	if c := condition(o.Status.Conditions, "Ready"); c.Status != metav1.ConditionTrue {
		return c.Message
	}
	return ""
}

// Certificate returns the state of a Certificate, and false if there is none or
// the user cannot read it.
func (r Reader) Certificate(ctx context.Context, name string) (Status, bool) {
	var c certObject
	if r.read(ctx, &c, certManagerAPI, "certificates", name) != nil {
		return Status{}, false
	}
	s := Status{Object: r.object("Certificate", name), Detail: "issued"}
	if s.Ready = condition(c.Status.Conditions, "Ready").Status == metav1.ConditionTrue; !s.Ready {
		s.Problem = r.issuance(ctx, c)
	}
	return s, true
}

// issuance returns the most specific reason that cert-manager gives: that of the
// Challenge, else of the Order, else of the CertificateRequest, else of the
// Certificate or its events.
func (r Reader) issuance(ctx context.Context, certificate certObject) diagnose.Problem {
	p := diagnose.Problem{Reason: diagnose.CertificatePending, Text: certificate.message()}
	request, ok := r.newestOf(ctx, certManagerAPI, "certificaterequests", certificate.UID)
	if !ok {
		p.Text = cmp.Or(r.warning(ctx, certificate.UID), p.Text)
		return p
	}
	p.Text = cmp.Or(request.message(), p.Text)
	if condition(request.Status.Conditions, "Ready").Reason == "IssuerNotReady" || strings.Contains(p.Text, notReady) {
		return r.issuer(ctx, certificate)
	}
	order, ok := r.newestOf(ctx, acmeAPI, "orders", request.UID)
	if !ok {
		return p
	}
	p.Text = cmp.Or(order.Status.Reason, p.Text)
	challenge, ok := r.newestOf(ctx, acmeAPI, "challenges", order.UID)
	if !ok || challenge.Status.Reason == "" {
		return p
	}
	p.Text = challenge.Status.Reason
	return r.solver(ctx, p, certificate, challenge)
}

// notReady is cert-manager's message for an issuer that is not ready.
const notReady = "does not have a Ready status condition"

// issuer returns why the issuer of a certificate is not ready.
func (r Reader) issuer(ctx context.Context, certificate certObject) diagnose.Problem {
	found, kind, ok := r.issuerOf(ctx, certificate)
	text := kind + " " + certificate.Spec.IssuerRef.Name
	if message := found.message(); ok && message != "" {
		text += ": " + message
	}
	return diagnose.Problem{Reason: diagnose.IssuerNotReady, Text: text}
}

// issuerOf reads the issuer of a certificate, and returns its kind. ok is false if
// the user cannot read it.
func (r Reader) issuerOf(ctx context.Context, certificate certObject) (found certObject, kind string, ok bool) {
	ref := certificate.Spec.IssuerRef
	kind = cmp.Or(ref.Kind, "Issuer")
	if kind == "ClusterIssuer" {
		r.Namespace = ""
	}
	return found, kind, r.read(ctx, &found, certManagerAPI, strings.ToLower(kind)+"s", ref.Name) == nil
}

// IsPrivate reports whether the issuer of a Certificate makes certificates that
// machines do not trust by default: self-signed ones, those of a private CA, or test
// certificates of Let's Encrypt. It is known before the certificate is issued.
func (r Reader) IsPrivate(ctx context.Context, name string) bool {
	var c certObject
	if r.read(ctx, &c, certManagerAPI, "certificates", name) != nil {
		return false
	}
	issuer, _, ok := r.issuerOf(ctx, c)
	return ok && (issuer.Spec.SelfSigned != nil || issuer.Spec.CA != nil ||
		strings.Contains(issuer.Spec.ACME.Server, "acme-staging"))
}

// solver replaces the reason of a challenge whose response does not arrive if
// the issuer's solver cannot serve it: it is for another controller than that
// of the server.
func (r Reader) solver(
	ctx context.Context,
	p diagnose.Problem,
	certificate, challenge certObject,
) diagnose.Problem {
	used := challenge.Spec.Solver.HTTP01.Ingress
	if used == nil || challenge.Status.State != "pending" || strings.Contains(p.Text, "no such host") {
		return p
	}
	class := cmp.Or(used.IngressClassName, used.Class)
	for _, owner := range certificate.OwnerReferences {
		switch owner.Kind {
		case "Gateway":
			p.Reason = diagnose.SolverOfIngress
		case "Ingress":
			if own := r.ingressClass(ctx, owner.Name); class != "" && own != "" && own != class {
				p.Reason = diagnose.SolverClass
				p.Text = fmt.Sprintf("the solver uses class %s, the server's Ingress class %s", class, own)
			}
		}
	}
	return p
}

func (r Reader) ingressClass(ctx context.Context, name string) string {
	var in struct {
		metav1.ObjectMeta `json:"metadata"`
		Spec              struct {
			IngressClassName string `json:"ingressClassName"`
		} `json:"spec"`
	}
	if r.read(ctx, &in, networkingAPI, "ingresses", name) != nil {
		return ""
	}
	return cmp.Or(in.Spec.IngressClassName, in.Annotations["kubernetes.io/ingress.class"])
}

// newestOf returns the newest object that another one owns.
func (r Reader) newestOf(ctx context.Context, api, resource string, owner types.UID) (newest certObject, ok bool) {
	var list struct {
		Items []certObject `json:"items"`
	}
	if r.read(ctx, &list, api, resource) != nil {
		return newest, false
	}
	for _, o := range list.Items {
		if kubestatus.OwnedBy(&o, owner) && (!ok || o.CreationTimestamp.After(newest.CreationTimestamp.Time)) {
			newest, ok = o, true
		}
	}
	return newest, ok
}

// warning returns the message of the newest warning about an object.
func (r Reader) warning(ctx context.Context, uid types.UID) string {
	list, err := r.Client.CoreV1().Events(r.Namespace).
		List(ctx, metav1.ListOptions{FieldSelector: "involvedObject.uid=" + string(uid)})
	if err != nil {
		return ""
	}
	var newest *corev1.Event
	for i := range list.Items {
		e := &list.Items[i]
		if newest == nil || kubestatus.EventTime(e).After(kubestatus.EventTime(newest)) {
			newest = e
		}
	}
	if newest == nil || newest.Type != corev1.EventTypeWarning {
		return ""
	}
	return newest.Message
}
