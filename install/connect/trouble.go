package connect

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/exposure"
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
	for _, o := range manifest.Find(f.objects, "HTTPRoute", "") {
		if s, ok := f.reader(f.namespace).Route(ctx, o.GetName()); ok && !s.Ready {
			return s.Text(), false
		}
	}
	for _, ref := range f.certificateSecrets(ctx) {
		if text, awaitsCertificate = f.certificateTrouble(ctx, ref); text != "" {
			return text, awaitsCertificate
		}
	}
	return "", false
}

func (f addressFinder) reader(namespace string) exposure.Reader {
	return exposure.Reader{Client: f.client, Namespace: namespace}
}

// certificateTrouble returns why the certificate in a Secret is not valid, and
// whether cert-manager may issue it soon.
func (f addressFinder) certificateTrouble(
	ctx context.Context,
	ref types.NamespacedName,
) (text string, awaitsCertificate bool) {
	reader := f.reader(ref.Namespace)
	if s, ok := reader.Certificate(ctx, ref.Name); ok {
		if s.Ready {
			return "", false
		}
		return s.Text(), !s.Diagnosis().Lasting
	}
	if s, ok := reader.Secret(ctx, ref.Name); ok && !s.Ready {
		return s.Text(), false
	}
	return "", false
}

// certificateSecrets returns the Secrets with the certificates of the release's
// Ingresses and of the Gateways of its routes.
func (f addressFinder) certificateSecrets(ctx context.Context) []types.NamespacedName {
	var secrets []types.NamespacedName
	for _, o := range manifest.Find(f.objects, "Ingress", "") {
		in, err := f.client.NetworkingV1().Ingresses(f.namespace).Get(ctx, o.GetName(), metav1.GetOptions{})
		if err == nil && len(in.Spec.TLS) > 0 && in.Spec.TLS[0].SecretName != "" {
			secrets = append(secrets, types.NamespacedName{Namespace: f.namespace, Name: in.Spec.TLS[0].SecretName})
		}
	}
	for _, o := range manifest.Find(f.objects, "HTTPRoute", "") {
		secrets = append(secrets, f.reader(f.namespace).ListenerSecrets(ctx, o.GetName())...)
	}
	return secrets
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

// get reads the metadata of one object, as far as this user may.
func (f addressFinder) get(ctx context.Context, api, resource, name string) (o metav1.PartialObjectMetadata, ok bool) {
	body, err := f.client.Discovery().RESTClient().Get().
		AbsPath(api, "namespaces", f.namespace, resource, name).DoRaw(ctx)
	return o, err == nil && json.Unmarshal(body, &o) == nil
}
