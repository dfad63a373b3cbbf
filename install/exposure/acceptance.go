package exposure

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// gatewayStatus is what a controller reports about a Gateway.
type gatewayStatus struct {
	Addresses []struct {
		Value string `json:"value"`
	} `json:"addresses"`
	Conditions []metav1.Condition `json:"conditions"`
	Listeners  []struct {
		Name       string             `json:"name"`
		Conditions []metav1.Condition `json:"conditions"`
	} `json:"listeners"`
}

func statusOf(g *unstructured.Unstructured) gatewayStatus {
	var object struct {
		Status gatewayStatus `json:"status"`
	}
	_ = runtime.DefaultUnstructuredConverter.FromUnstructured(g.Object, &object) // an unknown form is no status
	return object.Status
}

// GatewayAddress returns an address of a Gateway, or "".
func GatewayAddress(g *unstructured.Unstructured) string {
	for _, a := range statusOf(g).Addresses {
		return a.Value
	}
	return ""
}

// Acceptance returns whether a controller serves a Gateway, and why it rejects it or one
// of its listeners, in its current form. A certificate that does not exist yet is no
// reason.
func Acceptance(g *unstructured.Unstructured) (accepted bool, rejection string) {
	status := statusOf(g)
	for _, l := range status.Listeners {
		for _, c := range l.Conditions {
			if isRejection(g, c) {
				return false, fmt.Sprintf("listener %s: %s (%s)", l.Name, c.Message, c.Reason)
			}
		}
	}
	c := condition(status.Conditions, "Accepted")
	switch {
	case c.ObservedGeneration != 0 && c.ObservedGeneration != g.GetGeneration():
		return false, ""
	case c.Status == metav1.ConditionTrue, c.Reason == "ListenersNotValid" && len(status.Listeners) > 0:
		return true, ""
	case c.Status == metav1.ConditionFalse && c.Reason != "Pending":
		return false, fmt.Sprintf("%s (%s)", c.Message, c.Reason)
	}
	return false, ""
}

// isRejection reports whether a condition of a listener means that it will not work.
func isRejection(g *unstructured.Unstructured, c metav1.Condition) bool {
	if c.Status != metav1.ConditionFalse || c.ObservedGeneration != 0 && c.ObservedGeneration != g.GetGeneration() {
		return false
	}
	return c.Type == "Accepted" || c.Type == "ResolvedRefs" && c.Reason != "InvalidCertificateRef"
}
