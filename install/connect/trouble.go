package connect

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/internal/kubestatus"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// exposingAPIs are the API paths of the kinds that expose the server.
var exposingAPIs = map[string]string{
	"Ingress":   "/apis/networking.k8s.io/v1",
	"HTTPRoute": "/apis/gateway.networking.k8s.io/v1",
	"Service":   "/api/v1",
}

// trouble returns why the server is not reachable at its address, or not with a
// valid certificate, as far as the cluster reports it; empty otherwise.
func (f addressFinder) trouble(ctx context.Context) (text string, awaitsCertificate bool) {
	for _, o := range f.objects {
		if text := f.warning(ctx, o); text != "" {
			return text, false
		}
	}
	for _, o := range manifest.Find(f.objects, "Ingress", "") {
		if text := f.unissued(ctx, o); text != "" {
			return text, true
		}
	}
	return "", false
}

// warning returns the newest event about an exposing object, if it is a warning.
func (f addressFinder) warning(ctx context.Context, o manifest.Object) string {
	api, ok := exposingAPIs[o.GetKind()]
	if !ok {
		return ""
	}
	// An event may be about an object of the same name that was deleted.
	object, ok := f.get(ctx, api, strings.ToLower(o.GetKind())+plural(o.GetKind()), o.GetName())
	if !ok {
		return ""
	}
	newest := f.newestEvent(ctx, object.UID)
	if newest == nil || newest.Type != corev1.EventTypeWarning {
		return ""
	}
	about := fmt.Sprintf("%s %s: ", o.GetKind(), o.GetName())
	d, ok := diagnose.FromProblem(diagnose.Problem{Reason: newest.Reason, Text: newest.Message})
	if ok {
		return about + d.Text() + "; " + d.Remedy
	}
	return about + newest.Reason + ": " + diagnose.Shorten(newest.Message)
}

func plural(kind string) string {
	if strings.HasSuffix(kind, "s") {
		return "es"
	}
	return "s"
}

func (f addressFinder) newestEvent(ctx context.Context, uid types.UID) *corev1.Event {
	list, err := f.client.CoreV1().Events(f.namespace).
		List(ctx, metav1.ListOptions{FieldSelector: "involvedObject.uid=" + string(uid)})
	if err != nil {
		return nil
	}
	var newest *corev1.Event
	for i := range list.Items {
		e := &list.Items[i]
		if newest == nil || kubestatus.EventTime(e).After(kubestatus.EventTime(newest)) {
			newest = e
		}
	}
	return newest
}

// certObject is what counts here of cert-manager's objects.
type certObject struct {
	metav1.ObjectMeta `json:"metadata"`
	Status            struct {
		State      string             `json:"state"`
		Reason     string             `json:"reason"`
		Conditions []metav1.Condition `json:"conditions"`
	} `json:"status"`
}

// get reads one object, as far as this user may.
func (f addressFinder) get(ctx context.Context, api, resource, name string) (o certObject, ok bool) {
	body, err := f.client.Discovery().RESTClient().Get().
		AbsPath(api, "namespaces", f.namespace, resource, name).DoRaw(ctx)
	return o, err == nil && json.Unmarshal(body, &o) == nil
}

// unissued returns why cert-manager has not issued the certificate of an
// Ingress; empty if it has, or if the certificate is not cert-manager's.
func (f addressFinder) unissued(ctx context.Context, o manifest.Object) string {
	in, err := f.client.NetworkingV1().Ingresses(f.namespace).Get(ctx, o.GetName(), metav1.GetOptions{})
	if err != nil || len(in.Spec.TLS) == 0 {
		return ""
	}
	name := in.Spec.TLS[0].SecretName
	certificate, ok := f.get(ctx, certManagerAPI, "certificates", name)
	if !ok || certificate.is("Ready") {
		return ""
	}
	text := f.issuance(ctx, certificate)
	d, _ := diagnose.FromProblem(diagnose.Problem{Reason: diagnose.CertificatePending, Text: text})
	return fmt.Sprintf("Certificate %s: %s; %s", name, d.Text(), d.Remedy)
}

const (
	certManagerAPI = "/apis/cert-manager.io/v1"
	acmeAPI        = "/apis/acme.cert-manager.io/v1"
)

// issuance returns the most particular reason that cert-manager gives: that of the
// Challenge, else of the Order, else of the CertificateRequest, else of the
// Certificate.
func (f addressFinder) issuance(ctx context.Context, certificate certObject) string {
	text := certificate.message()
	request, ok := f.newestOf(ctx, certManagerAPI, "certificaterequests", certificate.UID)
	if !ok {
		return text
	}
	text = cmp.Or(request.message(), text)
	order, ok := f.newestOf(ctx, acmeAPI, "orders", request.UID)
	if !ok {
		return text
	}
	text = cmp.Or(order.Status.Reason, text)
	challenge, ok := f.newestOf(ctx, acmeAPI, "challenges", order.UID)
	if ok {
		text = cmp.Or(challenge.Status.Reason, text)
	}
	return text
}

// newestOf returns the newest object that another one owns.
func (f addressFinder) newestOf(
	ctx context.Context,
	api, resource string,
	owner types.UID,
) (newest certObject, ok bool) {
	body, err := f.client.Discovery().RESTClient().Get().
		AbsPath(api, "namespaces", f.namespace, resource).DoRaw(ctx)
	var list struct {
		Items []certObject `json:"items"`
	}
	if err != nil || json.Unmarshal(body, &list) != nil {
		return newest, false
	}
	for _, o := range list.Items {
		if kubestatus.OwnedBy(&o, owner) && (!ok || o.CreationTimestamp.After(newest.CreationTimestamp.Time)) {
			newest, ok = o, true
		}
	}
	return newest, ok
}

func (o certObject) is(condition string) bool {
	for _, c := range o.Status.Conditions {
		if c.Type == condition {
			return c.Status == metav1.ConditionTrue
		}
	}
	return false
}

// message is the message of the condition that says why it is not ready.
func (o certObject) message() string {
	for _, c := range o.Status.Conditions {
		if c.Type == "Ready" && c.Status != metav1.ConditionTrue {
			return c.Message
		}
	}
	return ""
}
