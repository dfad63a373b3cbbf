package ingress

import (
	"crypto/tls"
	"errors"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// The ports that this controller listens on.
const (
	plainPort  = 80
	securePort = 443
)

// listener is a Gateway's listener.
type listener struct {
	*gatewayv1.Listener
	gateway     *gatewayv1.Gateway
	certificate *tls.Certificate
	// unsupported and unresolved are its faults, or nil.
	unsupported, unresolved error
	attached                int32
}

func (l *listener) works() bool { return l.unsupported == nil && l.unresolved == nil }

func (l *listener) host() string {
	if l.Hostname == nil {
		return ""
	}
	return strings.ToLower(string(*l.Hostname))
}

// ownClasses returns the GatewayClasses of this controller.
func (s *snapshot) ownClasses() []gatewayv1.GatewayClass {
	var own []gatewayv1.GatewayClass
	for _, class := range s.gatewayClasses {
		if class.Spec.ControllerName == ControllerName {
			own = append(own, class)
		}
	}
	return own
}

// listeners returns the listeners of this controller's Gateways.
func (s *snapshot) listeners() []*listener {
	own := map[gatewayv1.ObjectName]bool{}
	for _, class := range s.ownClasses() {
		own[gatewayv1.ObjectName(class.Name)] = true
	}
	var found []*listener
	for i := range s.gateways {
		gateway := &s.gateways[i]
		if !own[gateway.Spec.GatewayClassName] {
			continue
		}
		for j := range gateway.Spec.Listeners {
			found = append(found, s.listener(gateway, &gateway.Spec.Listeners[j]))
		}
	}
	return found
}

func (s *snapshot) listener(gateway *gatewayv1.Gateway, spec *gatewayv1.Listener) *listener {
	l := &listener{Listener: spec, gateway: gateway}
	switch {
	case spec.Protocol == gatewayv1.HTTPProtocolType && spec.Port == plainPort:
	case spec.Protocol == gatewayv1.HTTPSProtocolType && spec.Port == securePort:
		l.certificate, l.unresolved = s.listenerCertificate(gateway, spec)
	default:
		l.unsupported = errors.New("the sandbox serves HTTP on port 80 and HTTPS on port 443 only")
	}
	return l
}

func (s *snapshot) listenerCertificate(gateway *gatewayv1.Gateway, spec *gatewayv1.Listener) (*tls.Certificate, error) {
	if spec.TLS == nil || len(spec.TLS.CertificateRefs) == 0 {
		return nil, errors.New("the listener names no certificate")
	}
	ref := spec.TLS.CertificateRefs[0]
	if ref.Namespace != nil && string(*ref.Namespace) != gateway.Namespace {
		return nil, errors.New("a Secret of another namespace is not supported")
	}
	return s.pair(gateway.Namespace, string(ref.Name))
}

// admits reports whether the listener admits routes of a namespace.
func (s *snapshot) admits(l *listener, namespace string) bool {
	from := gatewayv1.NamespacesFromSame
	var selector *metav1.LabelSelector
	if l.AllowedRoutes != nil && l.AllowedRoutes.Namespaces != nil {
		if l.AllowedRoutes.Namespaces.From != nil {
			from = *l.AllowedRoutes.Namespaces.From
		}
		selector = l.AllowedRoutes.Namespaces.Selector
	}
	switch from {
	case gatewayv1.NamespacesFromAll:
		return true
	case gatewayv1.NamespacesFromSelector:
		chosen, err := metav1.LabelSelectorAsSelector(selector)
		return err == nil && chosen.Matches(labels.Set(s.namespaces[namespace].Labels))
	}
	return namespace == l.gateway.Namespace
}

// intersect returns the hosts that a route and a listener share.
func intersect(listener string, routes []gatewayv1.Hostname) []string {
	if len(routes) == 0 {
		return []string{listener}
	}
	var common []string
	for _, hostname := range routes {
		name := strings.ToLower(string(hostname))
		switch {
		case covers(listener, name):
			common = append(common, name)
		case covers(name, listener):
			common = append(common, listener)
		}
	}
	return common
}
