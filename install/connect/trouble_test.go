package connect

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// TestTrouble_events wants the newest event about an Ingress to count, and none
// about an earlier Ingress of the same name.
func TestTrouble_events(t *testing.T) {
	t.Parallel()
	b := newAddressBench(t)
	in := &networkingv1.Ingress{ObjectMeta: metav1.ObjectMeta{Name: "zenml"}, Spec: networkingv1.IngressSpec{
		DefaultBackend: &networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{
			Name: "zenml", Port: networkingv1.ServiceBackendPort{Number: 80},
		}},
	}}
	in, err := b.client.NetworkingV1().Ingresses(b.namespace).Create(t.Context(), in, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	number := 0
	happen := func(kind, reason, message string, uid string, after time.Duration) {
		number++
		at := metav1.NewTime(time.Now().Add(after))
		e := &corev1.Event{
			ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("zenml.%d", number)}, Type: kind, Reason: reason,
			Message: message, FirstTimestamp: at, LastTimestamp: at,
			InvolvedObject: corev1.ObjectReference{Kind: "Ingress", Namespace: b.namespace, Name: "zenml", UID: in.UID},
		}
		if uid != "" {
			e.InvolvedObject.UID = "00000000-0000-0000-0000-000000000000"
		}
		if _, err := b.client.CoreV1().Events(b.namespace).Create(t.Context(), e, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	f := b.finder("apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: zenml}\n")
	want := func(parts ...string) {
		t.Helper()
		text, awaits := f.trouble(t.Context())
		for _, part := range parts {
			if !strings.Contains(text, part) {
				t.Errorf("%q lacks %q", text, part)
			}
		}
		if awaits || len(parts) == 0 && text != "" {
			t.Errorf("got %q, %t", text, awaits)
		}
	}
	happen("Warning", "FailedBuildModel", "of an earlier Ingress", "other", 0)
	want()
	happen("Warning", "FailedBuildModel", "service zenml must be of type NodePort or LoadBalancer", "", time.Second)
	want("Ingress zenml: the AWS load balancer cannot send traffic to a Service of type ClusterIP",
		"alb.ingress.kubernetes.io/target-type: ip")
	happen("Normal", "SuccessfullyReconciled", "Successfully reconciled", "", 2*time.Second)
	want()
	happen("Warning", "Odd", "something new", "", 3*time.Second)
	want("Ingress zenml: Odd: something new")
}

// issuing answers as an API server with cert-manager's objects: what each of them
// says, from the Certificate to the Challenge.
func issuing(t *testing.T, ready, request, order, challenge string) addressFinder {
	t.Helper()
	owned := func(uid, owner, status string) string {
		const list = `{"items": [{"metadata": {"uid": %q, "ownerReferences": [{"uid": %q}]}, "status": %s}]}`
		return fmt.Sprintf(list, uid, owner, status)
	}
	condition := func(status, message string) string {
		return fmt.Sprintf(`{"conditions": [{"type": "Ready", "status": %q, "message": %q}]}`, status, message)
	}
	answers := map[string]string{
		"/apis/networking.k8s.io/v1/namespaces/n/ingresses/zenml": `{"spec": {"tls": [{"secretName": "zenml-tls"}]}}`,
		"/apis/cert-manager.io/v1/namespaces/n/certificates/zenml-tls": `{"metadata": {"uid": "c"}, "status": ` +
			condition(ready, "Issuing certificate as Secret does not exist") + `}`,
		"/apis/cert-manager.io/v1/namespaces/n/certificaterequests": owned("r", "c", condition("False", request)),
		"/apis/acme.cert-manager.io/v1/namespaces/n/orders":         owned("o", "r", `{"reason": "`+order+`"}`),
		"/apis/acme.cert-manager.io/v1/namespaces/n/challenges":     owned("h", "o", `{"reason": "`+challenge+`"}`),
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := answers[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	client, err := kubernetes.NewForConfig(&rest.Config{Host: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	objects, err := manifest.Parse([]byte("apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: zenml}\n"))
	if err != nil {
		t.Fatal(err)
	}
	return addressFinder{client: client, namespace: "n", objects: objects}
}

func TestTrouble_certificate(t *testing.T) {
	const waiting = "Waiting on certificate issuance from order n/o"
	for name, test := range map[string]struct {
		ready, request, order, challenge string
		want                             string
		awaits                           bool
	}{
		"issued": {"True", "", "", "", "", false},
		"unknown issuer": {"False", `Referenced "ClusterIssuer" not found: clusterissuer "nobody" not found`, "", "",
			"the issuer of the certificate does not exist", false},
		"rate limit": {"False", waiting, "429 urn:ietf:params:acme:error:rateLimited: too many certificates", "",
			"the ACME server's rate limit is reached", false},
		"unreachable": {"False", waiting, "", "failed to perform self check GET request",
			"cert-manager cannot reach the host on port 80", true},
		"wrong class": {"False", waiting, "", "did not get expected response when querying endpoint",
			"set ingressClassName in the issuer's HTTP-01 solver", true},
		"under way": {"False", waiting, "", "", "cert-manager has not issued the certificate yet: " + waiting, true},
	} {
		text, awaits := issuing(t, test.ready, test.request, test.order, test.challenge).trouble(t.Context())
		if !strings.Contains(text, test.want) || awaits != test.awaits || test.want == "" && text != "" {
			t.Errorf("%s: %q, %t", name, text, awaits)
		}
	}
}
