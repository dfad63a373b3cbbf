package exposure

import (
	"cmp"
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
)

// httpRoute contains the relevant fields of an HTTPRoute.
type httpRoute struct {
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		ParentRefs []struct {
			Name        string `json:"name"`
			Namespace   string `json:"namespace"`
			SectionName string `json:"sectionName"` // of the Gateway's listener
		} `json:"parentRefs"`
	} `json:"spec"`
	Status struct {
		Parents []struct {
			Conditions []metav1.Condition `json:"conditions"`
		} `json:"parents"`
	} `json:"status"`
}

// Route returns the state of an HTTPRoute, and false if there is none or the
// user cannot read it.
func (r Reader) Route(ctx context.Context, name string) (Status, bool) {
	var route httpRoute
	if r.read(ctx, &route, gatewayAPI, "httproutes", name) != nil {
		return Status{}, false
	}
	s := Status{Object: r.object("HTTPRoute", name), Detail: "accepted"}
	s.Problem, s.Ready = route.refusal()
	if !s.Ready && s.Problem.Text == "" {
		s.Problem.Text = r.unprocessed(ctx, route)
	}
	return s, true
}

// refusal returns why a Gateway does not serve the route, without a text if no
// controller has reported on the route's current generation.
func (o httpRoute) refusal() (p diagnose.Problem, ready bool) {
	p.Reason = diagnose.RoutePending
	for _, parent := range o.Status.Parents {
		for _, kind := range []string{"Accepted", "ResolvedRefs"} {
			c := condition(parent.Conditions, kind)
			if c.Status == "" || c.ObservedGeneration < o.Generation {
				continue
			}
			if c.Status == metav1.ConditionFalse {
				return diagnose.Problem{Reason: diagnose.RouteRefused, Text: c.Reason + ": " + c.Message}, false
			}
			ready = ready || kind == "Accepted"
		}
	}
	return p, ready
}

// unprocessed describes a route without a status: its Gateway is missing, or has
// no running controller.
func (r Reader) unprocessed(ctx context.Context, route httpRoute) string {
	if len(route.Spec.ParentRefs) == 0 {
		return "it names no Gateway"
	}
	parent := route.Spec.ParentRefs[0]
	r.Namespace = cmp.Or(parent.Namespace, r.Namespace)
	var gateway httpRoute
	if apierrors.IsNotFound(r.read(ctx, &gateway, gatewayAPI, "gateways", parent.Name)) {
		return fmt.Sprintf("Gateway %s does not exist in namespace %s", parent.Name, r.Namespace)
	}
	return fmt.Sprintf("Gateway %s in namespace %s", parent.Name, r.Namespace)
}
