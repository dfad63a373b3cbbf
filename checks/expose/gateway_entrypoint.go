package expose

import (
	"context"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// gatewayEntrypoint returns the entrypoint of the Gateway from its status.
func gatewayEntrypoint(ctx context.Context, e *check.Env) (entrypoint, error) {
	g, err := findGateway(ctx, e)
	if err != nil {
		return entrypoint{}, err
	}
	d := entrypoint{name: "Gateway " + g.Metadata.Name}
	if g.isFuture {
		d.note = "which will be " + g.change + " and gets its address then"
		return d, nil
	}
	describe := fmt.Sprintf("kubectl -n %s describe gateway %s", g.Metadata.Namespace, g.Metadata.Name)
	for _, condition := range []string{"Accepted", "Programmed"} {
		if awaited(e, g, condition) {
			continue
		}
		if fault := conditionFault(g.Status.Conditions, condition, d.name, g.Spec.GatewayClassName); fault != nil {
			fault.Remedy = describe
			return d, fault
		}
	}
	for _, s := range g.Status.Listeners {
		if section := e.Answers.Expose.Gateway.Section; section != "" && s.Name != section {
			continue
		}
		for _, condition := range s.Conditions {
			if condition.Status == metav1.ConditionFalse && !g.awaitsCertificate(e, condition) &&
				(condition.Type == "Accepted" || condition.Type == "Programmed" || condition.Type == "ResolvedRefs") {
				return d, &check.Fault{
					Summary: fmt.Sprintf("listener %s of %s is not %s: %s", s.Name, d.name, condition.Type,
						conditionText(condition)),
					Remedy: describe,
				}
			}
		}
	}
	for _, a := range g.Status.Addresses {
		d.addresses = append(d.addresses, a.Value)
	}
	if len(d.addresses) == 0 {
		return d, &check.Fault{
			Summary: d.name + " has no address",
			Remedy:  describe + "\nclusters without a cloud provider need a load balancer such as MetalLB",
		}
	}
	return d, nil
}

// awaited reports whether a condition of the Gateway is false only because of a
// certificate that cert-manager has not issued yet.
func awaited(e *check.Env, g *gateway, kind string) bool {
	return slices.ContainsFunc(g.Status.Conditions, func(c metav1.Condition) bool {
		return c.Type == kind && c.Status == metav1.ConditionFalse && g.awaitsCertificate(e, c)
	})
}

// conditionFault returns a fault if a condition is false, unknown or missing.
func conditionFault(all []metav1.Condition, kind, name, class string) *check.Fault {
	for _, c := range all {
		if c.Type != kind {
			continue
		}
		if c.Status == metav1.ConditionTrue {
			return nil
		}
		if c.Reason != "Pending" || c.Status == metav1.ConditionFalse {
			return &check.Fault{Summary: fmt.Sprintf("%s is not %s: %s", name, kind, conditionText(c))}
		}
	}
	return &check.Fault{
		Summary: fmt.Sprintf("no controller has accepted %s: the controller of its GatewayClass %s may not be running",
			name, class),
	}
}

func conditionText(c metav1.Condition) string {
	if c.Message == "" {
		return c.Reason
	}
	return c.Message + " (" + c.Reason + ")"
}
