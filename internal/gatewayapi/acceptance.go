package gatewayapi

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// Status is what a controller reports about a Gateway.
type Status struct {
	Addresses []struct {
		Value string `json:"value"`
	} `json:"addresses"`
	Conditions []metav1.Condition `json:"conditions"`
	Listeners  []struct {
		Name       string             `json:"name"`
		Conditions []metav1.Condition `json:"conditions"`
	} `json:"listeners"`
}

// StatusOf returns the status of a Gateway.
func StatusOf(g *unstructured.Unstructured) Status {
	var object struct {
		Status Status `json:"status"`
	}
	_ = runtime.DefaultUnstructuredConverter.FromUnstructured(g.Object, &object) // an unknown form is no status
	return object.Status
}

// Address returns an address of the Gateway, or "".
func (s Status) Address() string {
	for _, a := range s.Addresses {
		return a.Value
	}
	return ""
}

// Acceptance is whether a controller serves a Gateway.
type Acceptance struct {
	Accepted  bool
	Rejection string // why the controller rejects the Gateway or a listener in its current form
	Outdated  bool   // the controller has only reported on a previous form
}

// Works reports whether a controller serves the Gateway, or served its previous form.
func (a Acceptance) Works() bool { return a.Accepted && a.Rejection == "" }

// Acceptance returns whether a controller serves the Gateway of a generation with some of
// its listeners. A certificate that does not exist yet is no rejection.
func (s Status) Acceptance(generation int64, listeners []string) Acceptance {
	isOutdated := func(c metav1.Condition) bool { return c.ObservedGeneration != 0 && c.ObservedGeneration != generation }
	for _, l := range s.Listeners {
		for _, c := range l.Conditions {
			if slices.Contains(listeners, l.Name) && isRejection(c) && !isOutdated(c) {
				return Acceptance{Rejection: fmt.Sprintf("listener %s: %s (%s)", l.Name, c.Message, c.Reason)}
			}
		}
	}
	c := meta.FindStatusCondition(s.Conditions, "Accepted")
	switch {
	case c == nil || c.Status == metav1.ConditionUnknown || c.Reason == "Pending":
		return Acceptance{}
	case c.Status == metav1.ConditionTrue, c.Reason == "ListenersNotValid" && len(s.Listeners) > 0:
		return Acceptance{Accepted: true, Outdated: isOutdated(*c)}
	case isOutdated(*c):
		return Acceptance{Outdated: true}
	}
	return Acceptance{Rejection: fmt.Sprintf("%s (%s)", c.Message, c.Reason)}
}

// isRejection reports whether a condition of a listener means that it will not work.
func isRejection(c metav1.Condition) bool {
	return c.Status == metav1.ConditionFalse &&
		(c.Type == "Accepted" || c.Type == "ResolvedRefs" && c.Reason != "InvalidCertificateRef")
}
