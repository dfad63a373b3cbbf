package exposure

import (
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func TestAcceptance(t *testing.T) {
	listener := func(kind, reason string) string {
		return `{"name": "https", "conditions": [{"type": "` + kind + `", "status": "False", "reason": "` + reason +
			`", "message": "m"}]}`
	}
	const isAccepted = `{"type": "Accepted", "status": "True", "reason": "Accepted", "observedGeneration": 2}`
	for name, c := range map[string]struct {
		conditions, listeners string
		accepted              bool
		rejection             string
	}{
		"no controller": {conditions: `{"type": "Accepted", "status": "Unknown", "reason": "Pending"}`},
		"accepted":      {conditions: isAccepted, accepted: true},
		"of a previous form": {
			conditions: `{"type": "Accepted", "status": "False", "reason": "Invalid", "observedGeneration": 1}`},
		"without its certificate": {conditions: `{"type": "Accepted", "status": "False", "reason": "ListenersNotValid"}`,
			listeners: listener("ResolvedRefs", "InvalidCertificateRef"), accepted: true},
		"rejected": {conditions: `{"type": "Accepted", "status": "False", "reason": "InvalidParameters", "message": "m"}`,
			rejection: "m (InvalidParameters)"},
		"unknown port": {conditions: isAccepted, listeners: listener("Accepted", "PortUnavailable"),
			rejection: "listener https: m (PortUnavailable)"},
		"forbidden Secret": {conditions: isAccepted, listeners: listener("ResolvedRefs", "RefNotPermitted"),
			rejection: "listener https: m (RefNotPermitted)"},
	} {
		g := &unstructured.Unstructured{}
		err := g.UnmarshalJSON([]byte(`{"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway",
			"metadata": {"name": "g", "generation": 2}, "status": {"addresses": [{"value": "192.0.2.1"}],
			"conditions": [` + c.conditions + `], "listeners": [` + c.listeners + `]}}`))
		if err != nil {
			t.Fatal(err)
		}
		if accepted, rejection := Acceptance(g); accepted != c.accepted || rejection != c.rejection {
			t.Errorf("%s: %t, %q, want %t, %q", name, accepted, rejection, c.accepted, c.rejection)
		}
		if address := GatewayAddress(g); address != "192.0.2.1" {
			t.Errorf("address %q", address)
		}
	}
}
