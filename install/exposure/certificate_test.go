package exposure

import (
	"fmt"
	"strings"
	"testing"
)

// issuing are cert-manager's objects for Certificate zenml-tls of Ingress zenml.
func issuing(ready, request, order, challenge string) map[string]string {
	owned := func(uid, owner, more string) string {
		return fmt.Sprintf(`{"items": [{"metadata": {"uid": %q, "ownerReferences": [{"uid": %q}]}, %s}]}`, uid, owner, more)
	}
	condition := func(status, message string) string {
		return fmt.Sprintf(`"status": {"conditions": [{"type": "Ready", "status": %q, "message": %q}]}`, status, message)
	}
	const manager, acme = "/apis/cert-manager.io/v1/", "/apis/acme.cert-manager.io/v1/namespaces/n/"
	return map[string]string{
		"/apis/networking.k8s.io/v1/namespaces/n/ingresses/zenml": `{"spec": {"ingressClassName": "nginx"}}`,
		manager + "namespaces/n/certificates/zenml-tls": `{"metadata": {"uid": "c", "ownerReferences": ` +
			`[{"kind": "Ingress", "name": "zenml"}]}, "spec": {"issuerRef": {"kind": "ClusterIssuer", "name": "le"}}, ` +
			condition(ready, "Issuing certificate as Secret does not exist") + `}`,
		manager + "namespaces/n/certificaterequests": owned("r", "c", condition("False", request)),
		manager + "clusterissuers/le":                `{` + condition("False", "429 too many registrations") + `}`,
		acme + "orders":                              owned("o", "r", `"status": {"reason": "`+order+`"}`),
		acme + "challenges": owned("h", "o", `"spec": {"solver": {"http01": {"ingress": {"ingressClassName": "traefik"}}}}, `+
			`"status": {"state": "pending", "reason": "`+challenge+`"}`),
		"/api/v1/namespaces/n/events": `{"items": [{"type": "Normal", "message": "Requested"}, {"type": "Warning", ` +
			`"message": "The certificate request has failed", "lastTimestamp": "2026-11-01T10:00:00Z"}]}`,
	}
}

func TestCertificate(t *testing.T) {
	const (
		waiting  = "Waiting on certificate issuance from order n/o"
		notReady = "Referenced issuer does not have a Ready status condition"
		notFound = "wrong status code '404', expected '200'"
	)
	for name, test := range map[string]struct {
		objects map[string]string
		without string // a path that the user cannot read
		change  [2]string
		rule    string
		says    string
	}{
		"issued":    {objects: issuing("True", "", "", "")},
		"under way": {objects: issuing("False", waiting, "", ""), rule: "certificate pending", says: waiting},
		"from events": {objects: issuing("False", waiting, "", ""), without: "certificaterequests",
			rule: "certificate pending", says: "has failed"},
		"issuer": {objects: issuing("False", notReady, "", ""), rule: "issuer not ready",
			says: "ClusterIssuer le: 429 too many registrations"},
		"rate limit": {objects: issuing("False", waiting, "429 urn:ietf:params:acme:error:rateLimited: x", ""),
			rule: "acme rate limit"},
		"no DNS": {objects: issuing("False", waiting, "", "lookup zenml.test: no such host"),
			rule: "host unresolved"},
		"other class": {objects: issuing("False", waiting, "", notFound), rule: "solver class",
			says: "class traefik, the server's Ingress class nginx"},
		"same class": {objects: issuing("False", waiting, "", notFound),
			change: [2]string{"traefik", "nginx"}, rule: "solver not reached", says: "404"},
		"of a Gateway": {objects: issuing("False", waiting, "", notFound),
			change: [2]string{`"kind": "Ingress"`, `"kind": "Gateway"`},
			rule:   "solver of an ingress", says: "404"},
	} {
		for path, body := range test.objects {
			if test.without != "" && strings.HasSuffix(path, test.without) {
				delete(test.objects, path)
			} else if test.change[0] != "" {
				test.objects[path] = strings.ReplaceAll(body, test.change[0], test.change[1])
			}
		}
		s, ok := reader(t, test.objects).Certificate(t.Context(), "zenml-tls")
		if !ok || s.Ready != (test.rule == "") {
			t.Errorf("%s: %+v, %t", name, s, ok)
		}
		if d := s.Diagnosis(); !s.Ready && (d.Name != test.rule || !strings.Contains(d.Text(), test.says)) {
			t.Errorf("%s: rule %q, %s", name, d.Name, d.Text())
		}
	}
	if s, ok := reader(t, nil).Certificate(t.Context(), "zenml-tls"); ok {
		t.Errorf("a Certificate that does not exist: %+v", s)
	}
}

// TestIsPrivate covers the issuers whose certificates no machine trusts by default.
func TestIsPrivate(t *testing.T) {
	const acme = `{"spec": {"acme": {"server": "https://acme-%s.api.letsencrypt.org/directory"}}}`
	for name, test := range map[string]struct {
		issuer string
		want   bool
	}{
		"self-signed": {`{"spec": {"selfSigned": {}}}`, true},
		"private CA":  {`{"spec": {"ca": {"secretName": "root"}}}`, true},
		"staging":     {fmt.Sprintf(acme, "staging-v02"), true},
		"production":  {fmt.Sprintf(acme, "v02"), false},
		"Vault":       {`{"spec": {"vault": {}}}`, false},
	} {
		objects := issuing("False", "", "", "")
		objects["/apis/cert-manager.io/v1/clusterissuers/le"] = test.issuer
		if got := reader(t, objects).IsPrivate(t.Context(), "zenml-tls"); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	if reader(t, nil).IsPrivate(t.Context(), "zenml-tls") {
		t.Error("a Certificate that does not exist is private")
	}
}
