package ingress

import (
	"crypto/tls"
	"fmt"

	networkingv1 "k8s.io/api/networking/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// attachment is the result for one parent reference of an HTTPRoute.
type attachment struct {
	object *gatewayv1.HTTPRoute
	ref    gatewayv1.ParentReference
	// accepted is true if a listener admitted the route; otherwise reason and
	// message say why not.
	accepted bool
	reason   gatewayv1.RouteConditionReason
	message  string
	// unresolved is a backend that does not exist, or "".
	unresolved string
}

// gatewayTable builds the routes and certificates of this controller's
// Gateways, and returns the result for each parent reference.
func (s *snapshot) gatewayTable(listeners []*listener) (table, []attachment) {
	result := table{certificates: map[string]*tls.Certificate{}}
	for _, l := range listeners {
		if l.certificate != nil {
			result.certificates[l.host()] = l.certificate
		}
	}
	var attachments []attachment
	for i := range s.routes {
		for _, ref := range s.routes[i].Spec.ParentRefs {
			if candidates := ofGateway(listeners, &s.routes[i], ref); len(candidates) > 0 {
				routes, became := s.attach(&s.routes[i], ref, candidates)
				result.routes = append(result.routes, routes...)
				attachments = append(attachments, became)
			}
		}
	}
	return result, attachments
}

// ofGateway returns the listeners of the referenced Gateway.
func ofGateway(listeners []*listener, route *gatewayv1.HTTPRoute, ref gatewayv1.ParentReference) []*listener {
	if ref.Kind != nil && *ref.Kind != "Gateway" {
		return nil
	}
	namespace := route.Namespace
	if ref.Namespace != nil {
		namespace = string(*ref.Namespace)
	}
	var found []*listener
	for _, l := range listeners {
		if l.gateway.Name == string(ref.Name) && l.gateway.Namespace == namespace {
			found = append(found, l)
		}
	}
	return found
}

// attach builds the routes of one parent reference.
func (s *snapshot) attach(
	object *gatewayv1.HTTPRoute,
	ref gatewayv1.ParentReference,
	listeners []*listener,
) ([]route, attachment) {
	became := attachment{
		object: object, ref: ref, reason: gatewayv1.RouteReasonNoMatchingParent,
		message: "the Gateway has no listener of this section name and port",
	}
	var routes []route
	for _, l := range listeners {
		if ref.SectionName != nil && *ref.SectionName != l.Name || ref.Port != nil && *ref.Port != l.Port {
			continue
		}
		if !s.admits(l, object.Namespace) {
			became.refuse(
				gatewayv1.RouteReasonNotAllowedByListeners,
				"no listener allows routes of namespace "+object.Namespace,
			)
			continue
		}
		hosts := intersect(l.host(), object.Spec.Hostnames)
		if len(hosts) == 0 {
			became.refuse(gatewayv1.RouteReasonNoMatchingListenerHostname, "no listener has a hostname of the route")
			continue
		}
		became.accepted = true
		l.attached++
		routes = append(routes, s.rules(object, l, hosts, &became)...)
	}
	return routes, became
}

func (a *attachment) refuse(reason gatewayv1.RouteConditionReason, message string) {
	a.reason, a.message = reason, message
}

// rules builds the routes of an HTTPRoute on one listener.
func (s *snapshot) rules(object *gatewayv1.HTTPRoute, l *listener, hosts []string, became *attachment) []route {
	var routes []route
	for _, rule := range object.Spec.Rules {
		template := route{
			plain: l.Protocol == gatewayv1.HTTPProtocolType, secure: l.Protocol == gatewayv1.HTTPSProtocolType,
			redirect: redirects(rule), backend: s.ruleBackend(object, rule, became),
		}
		for _, match := range pathsOf(rule) {
			for _, host := range hosts {
				r := template
				r.host, r.kind, r.path = host, match.kind, match.path
				routes = append(routes, r)
			}
		}
	}
	return routes
}

type pathMatch struct {
	kind int
	path string
}

// pathsOf returns the paths of a rule; conditions on headers, methods and queries are ignored.
func pathsOf(rule gatewayv1.HTTPRouteRule) []pathMatch {
	paths := []pathMatch{}
	for _, match := range rule.Matches {
		found := pathMatch{prefix, "/"}
		if match.Path != nil && match.Path.Value != nil {
			found.path = *match.Path.Value
		}
		if match.Path != nil && match.Path.Type != nil && *match.Path.Type == gatewayv1.PathMatchExact {
			found.kind = exact
		}
		paths = append(paths, found)
	}
	if len(paths) == 0 {
		return []pathMatch{{prefix, "/"}}
	}
	return paths
}

// redirects reports whether a rule redirects requests to HTTPS.
func redirects(rule gatewayv1.HTTPRouteRule) bool {
	for _, filter := range rule.Filters {
		if filter.RequestRedirect != nil && filter.RequestRedirect.Scheme != nil &&
			*filter.RequestRedirect.Scheme == "https" {
			return true
		}
	}
	return false
}

// ruleBackend returns the address of a rule's first backend.
func (s *snapshot) ruleBackend(object *gatewayv1.HTTPRoute, rule gatewayv1.HTTPRouteRule, became *attachment) string {
	if len(rule.BackendRefs) == 0 {
		return ""
	}
	ref, address := rule.BackendRefs[0], ""
	if ref.Port != nil && (ref.Namespace == nil || string(*ref.Namespace) == object.Namespace) {
		address = s.backend(object.Namespace, string(ref.Name), networkingv1.ServiceBackendPort{Number: *ref.Port})
	}
	if address == "" {
		became.unresolved = fmt.Sprintf("there is no Service %s/%s with this port", object.Namespace, ref.Name)
	}
	return address
}
