package ingress

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// reporter writes statuses that have changed.
type reporter struct {
	client.Client
	address string
	service types.NamespacedName
}

// report writes the status of everything in a snapshot.
func (r *reporter) report(ctx context.Context, s *snapshot, listeners []*listener, attachments []attachment) error {
	if err := r.reportService(ctx, s); err != nil {
		return err
	}
	for _, ingress := range s.ownIngresses() {
		if err := r.reportIngress(ctx, &ingress); err != nil {
			return err
		}
	}
	for _, class := range s.ownClasses() {
		if err := r.reportClass(ctx, &class); err != nil {
			return err
		}
	}
	if err := r.reportGateways(ctx, listeners); err != nil {
		return err
	}
	return r.reportRoutes(ctx, attachments)
}

// update writes changed if it differs from the object that was read. It ignores
// conflicts: the change that caused one triggers another report.
func (r *reporter) update(ctx context.Context, read, changed client.Object) error {
	if equality.Semantic.DeepEqual(read, changed) {
		return nil
	}
	if err := r.Status().Update(ctx, changed); err != nil && !apierrors.IsConflict(err) && !apierrors.IsNotFound(err) {
		return fmt.Errorf("update the status of %T %s/%s: %w", changed, changed.GetNamespace(), changed.GetName(), err)
	}
	return nil
}

// reportService sets the controller's address in the status of its Service.
// With mode Proxy, kube-proxy does not intercept traffic to the address: it is
// the node's own, and without ready endpoints kube-proxy would reject even the
// readiness probe.
func (r *reporter) reportService(ctx context.Context, s *snapshot) error {
	service, ok := s.services[r.service]
	if !ok || service.Spec.Type != corev1.ServiceTypeLoadBalancer {
		return nil
	}
	mode := corev1.LoadBalancerIPModeProxy
	changed := service.DeepCopy()
	changed.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{IP: r.address, IPMode: &mode}}
	return r.update(ctx, &service, changed)
}

func (r *reporter) reportIngress(ctx context.Context, ingress *networkingv1.Ingress) error {
	changed := ingress.DeepCopy()
	changed.Status.LoadBalancer.Ingress = []networkingv1.IngressLoadBalancerIngress{{IP: r.address}}
	return r.update(ctx, ingress, changed)
}

func (r *reporter) reportClass(ctx context.Context, class *gatewayv1.GatewayClass) error {
	changed := class.DeepCopy()
	set(
		&changed.Status.Conditions,
		class.Generation,
		string(gatewayv1.GatewayClassConditionStatusAccepted),
		true,
		string(gatewayv1.GatewayClassReasonAccepted),
		"",
	)
	return r.update(ctx, class, changed)
}

// reportGateways writes the status of each Gateway from all of its listeners.
func (r *reporter) reportGateways(ctx context.Context, listeners []*listener) error {
	changed := map[*gatewayv1.Gateway]*gatewayv1.Gateway{}
	for _, l := range listeners {
		gateway := changed[l.gateway]
		if gateway == nil {
			gateway = r.gatewayStatus(l.gateway)
			changed[l.gateway] = gateway
		}
		gateway.Status.Listeners = append(gateway.Status.Listeners, listenerStatus(l))
	}
	for read, gateway := range changed {
		if err := r.update(ctx, read, gateway); err != nil {
			return err
		}
	}
	return nil
}

func (r *reporter) gatewayStatus(gateway *gatewayv1.Gateway) *gatewayv1.Gateway {
	changed := gateway.DeepCopy()
	kind := gatewayv1.IPAddressType
	changed.Status.Addresses = []gatewayv1.GatewayStatusAddress{{Type: &kind, Value: r.address}}
	changed.Status.Listeners = nil
	set(
		&changed.Status.Conditions,
		gateway.Generation,
		string(gatewayv1.GatewayConditionAccepted),
		true,
		string(gatewayv1.GatewayReasonAccepted),
		"",
	)
	set(
		&changed.Status.Conditions,
		gateway.Generation,
		string(gatewayv1.GatewayConditionProgrammed),
		true,
		string(gatewayv1.GatewayReasonProgrammed),
		"",
	)
	return changed
}

// listenerStatus preserves the transition times of existing conditions.
func listenerStatus(l *listener) gatewayv1.ListenerStatus {
	status := gatewayv1.ListenerStatus{
		Name:           l.Name,
		AttachedRoutes: l.attached,
		SupportedKinds: []gatewayv1.RouteGroupKind{httpRoutes},
	}
	for _, before := range l.gateway.Status.Listeners {
		if before.Name == l.Name {
			status.Conditions = append(status.Conditions, before.Conditions...)
		}
	}
	generation := l.gateway.Generation
	accepted, unaccepted := outcome(
		l.unsupported,
		string(gatewayv1.ListenerReasonAccepted),
		string(gatewayv1.ListenerReasonUnsupportedProtocol),
	)
	set(
		&status.Conditions,
		generation,
		string(gatewayv1.ListenerConditionAccepted),
		l.unsupported == nil,
		accepted,
		unaccepted,
	)
	resolved, unresolved := outcome(
		l.unresolved,
		string(gatewayv1.ListenerReasonResolvedRefs),
		string(gatewayv1.ListenerReasonInvalidCertificateRef),
	)
	set(
		&status.Conditions,
		generation,
		string(gatewayv1.ListenerConditionResolvedRefs),
		l.unresolved == nil,
		resolved,
		unresolved,
	)
	programmed := string(gatewayv1.ListenerReasonProgrammed)
	if !l.works() {
		programmed = string(gatewayv1.ListenerReasonInvalid)
	}
	set(&status.Conditions, generation, string(gatewayv1.ListenerConditionProgrammed), l.works(), programmed, "")
	return status
}

var httpRoutes = func() gatewayv1.RouteGroupKind {
	group := gatewayv1.Group(gatewayv1.GroupName)
	return gatewayv1.RouteGroupKind{Group: &group, Kind: "HTTPRoute"}
}()

// outcome returns the reason and message of a condition.
func outcome(err error, good, bad string) (reason, message string) {
	if err != nil {
		return bad, err.Error()
	}
	return good, ""
}

// reportRoutes writes this controller's parents of each HTTPRoute.
func (r *reporter) reportRoutes(ctx context.Context, attachments []attachment) error {
	changed := map[*gatewayv1.HTTPRoute]*gatewayv1.HTTPRoute{}
	for _, a := range attachments {
		route := changed[a.object]
		if route == nil {
			route = a.object.DeepCopy()
			route.Status.Parents = ofOthers(a.object)
			changed[a.object] = route
		}
		route.Status.Parents = append(route.Status.Parents, parentStatus(a))
	}
	for read, route := range changed {
		if err := r.update(ctx, read, route); err != nil {
			return err
		}
	}
	return nil
}

func ofOthers(route *gatewayv1.HTTPRoute) []gatewayv1.RouteParentStatus {
	var others []gatewayv1.RouteParentStatus
	for _, parent := range route.Status.Parents {
		if parent.ControllerName != ControllerName {
			others = append(others, parent)
		}
	}
	return others
}

func parentStatus(a attachment) gatewayv1.RouteParentStatus {
	status := gatewayv1.RouteParentStatus{ParentRef: a.ref, ControllerName: ControllerName}
	for _, before := range a.object.Status.Parents {
		if before.ControllerName == ControllerName && equality.Semantic.DeepEqual(before.ParentRef, a.ref) {
			status.Conditions = append(status.Conditions, before.Conditions...)
		}
	}
	reason, message := a.reason, a.message
	if a.accepted {
		reason, message = gatewayv1.RouteReasonAccepted, ""
	}
	set(
		&status.Conditions,
		a.object.Generation,
		string(gatewayv1.RouteConditionAccepted),
		a.accepted,
		string(reason),
		message,
	)
	resolved := gatewayv1.RouteReasonResolvedRefs
	if a.unresolved != "" {
		resolved = gatewayv1.RouteReasonBackendNotFound
	}
	set(
		&status.Conditions,
		a.object.Generation,
		string(gatewayv1.RouteConditionResolvedRefs),
		a.unresolved == "",
		string(resolved),
		a.unresolved,
	)
	return status
}

// set sets one condition.
func set(conditions *[]metav1.Condition, generation int64, kind string, holds bool, reason, message string) {
	status := metav1.ConditionFalse
	if holds {
		status = metav1.ConditionTrue
	}
	meta.SetStatusCondition(
		conditions,
		metav1.Condition{Type: kind, Status: status, Reason: reason, Message: message, ObservedGeneration: generation},
	)
}
