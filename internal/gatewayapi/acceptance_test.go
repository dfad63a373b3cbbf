package gatewayapi

import (
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func TestStatus_Acceptance(t *testing.T) {
	listener := func(name, kind, reason string) string {
		return `{"name": "` + name + `", "conditions": [{"type": "` + kind + `", "status": "False", "reason": "` + reason +
			`", "message": "m"}]}`
	}
	const isAccepted = `{"type": "Accepted", "status": "True", "reason": "Accepted", "observedGeneration": 2}`
	for name, c := range map[string]struct {
		conditions, listeners string
		want                  Acceptance
	}{
		"no controller": {conditions: `{"type": "Accepted", "status": "Unknown", "reason": "Pending"}`},
		"accepted":      {conditions: isAccepted, want: Acceptance{Accepted: true}},
		"previous form accepted": {
			conditions: `{"type": "Accepted", "status": "True", "reason": "Accepted", "observedGeneration": 1}`,
			want:       Acceptance{Accepted: true, Outdated: true}},
		"previous form rejected": {
			conditions: `{"type": "Accepted", "status": "False", "reason": "Invalid", "observedGeneration": 1}`,
			want:       Acceptance{Outdated: true}},
		"without its certificate": {conditions: `{"type": "Accepted", "status": "False", "reason": "ListenersNotValid"}`,
			listeners: listener("https", "ResolvedRefs", "InvalidCertificateRef"), want: Acceptance{Accepted: true}},
		"rejected": {conditions: `{"type": "Accepted", "status": "False", "reason": "InvalidParameters", "message": "m"}`,
			want: Acceptance{Rejection: "m (InvalidParameters)"}},
		"unknown port": {conditions: isAccepted, listeners: listener("https", "Accepted", "PortUnavailable"),
			want: Acceptance{Rejection: "listener https: m (PortUnavailable)"}},
		"forbidden Secret": {conditions: isAccepted, listeners: listener("https", "ResolvedRefs", "RefNotPermitted"),
			want: Acceptance{Rejection: "listener https: m (RefNotPermitted)"}},
		"another listener": {conditions: isAccepted, listeners: listener("shop", "ResolvedRefs", "RefNotPermitted"),
			want: Acceptance{Accepted: true}},
	} {
		g := &unstructured.Unstructured{}
		err := g.UnmarshalJSON([]byte(`{"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway",
			"metadata": {"name": "g", "generation": 2}, "status": {"addresses": [{"value": "192.0.2.1"}],
			"conditions": [` + c.conditions + `], "listeners": [` + c.listeners + `]}}`))
		if err != nil {
			t.Fatal(err)
		}
		status := StatusOf(g)
		if got := status.Acceptance(g.GetGeneration(), []string{"http", "https"}); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
		if address := status.Address(); address != "192.0.2.1" {
			t.Errorf("address %q", address)
		}
	}
}
