package ingress

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// stage returns a cluster with a Service "zenml" in namespace "zenml", classes
// of this and another controller, and no Ingress.
func stage() *snapshot {
	key := types.NamespacedName{Namespace: "zenml", Name: "zenml"}
	service := corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: key.Namespace, Name: key.Name},
		Spec:       corev1.ServiceSpec{ClusterIP: "10.96.1.2", Ports: []corev1.ServicePort{{Name: "http", Port: 80}}},
	}
	return &snapshot{
		ingressClasses: []networkingv1.IngressClass{
			{
				ObjectMeta: metav1.ObjectMeta{Name: "nginx"},
				Spec:       networkingv1.IngressClassSpec{Controller: ControllerName},
			},
			{
				ObjectMeta: metav1.ObjectMeta{Name: "traefik"},
				Spec:       networkingv1.IngressClassSpec{Controller: "traefik.io/ingress-controller"},
			},
		},
		gatewayClasses: []gatewayv1.GatewayClass{
			{
				ObjectMeta: metav1.ObjectMeta{Name: "sandbox"},
				Spec:       gatewayv1.GatewayClassSpec{ControllerName: ControllerName},
			},
		},
		services: map[types.NamespacedName]corev1.Service{key: service},
		secrets:  map[types.NamespacedName]corev1.Secret{},
		namespaces: map[string]corev1.Namespace{
			"team": {ObjectMeta: metav1.ObjectMeta{Name: "team", Labels: map[string]string{"routes": "yes"}}},
		},
	}
}

func newIngress(class string, annotations map[string]string, kind networkingv1.PathType) networkingv1.Ingress {
	ingress := networkingv1.Ingress{
		ObjectMeta: metav1.ObjectMeta{Namespace: "zenml", Name: "zenml", Annotations: annotations},
	}
	if class != "" {
		ingress.Spec.IngressClassName = &class
	}
	backend := networkingv1.IngressBackend{
		Service: &networkingv1.IngressServiceBackend{Name: "zenml", Port: networkingv1.ServiceBackendPort{Number: 80}},
	}
	paths := []networkingv1.HTTPIngressPath{{Path: "/", PathType: &kind, Backend: backend}}
	ingress.Spec.Rules = []networkingv1.IngressRule{
		{
			Host:             "zenml.test",
			IngressRuleValue: networkingv1.IngressRuleValue{HTTP: &networkingv1.HTTPIngressRuleValue{Paths: paths}},
		},
	}
	ingress.Spec.TLS = []networkingv1.IngressTLS{{Hosts: []string{"zenml.test"}, SecretName: "zenml-tls"}}
	return ingress
}

func TestIngressTable(t *testing.T) {
	for name, c := range map[string]struct {
		class       string
		annotations map[string]string
		served      bool
	}{
		"class by field":              {"nginx", nil, true},
		"class by annotation":         {"", map[string]string{classAnnotation: "nginx"}, true},
		"another controller's class":  {"traefik", nil, false},
		"a class that does not exist": {"nobody", nil, false},
		"no class":                    {"", nil, false},
		"another class by annotation": {"", map[string]string{classAnnotation: "traefik"}, false},
		"redirect of a host with TLS": {"nginx", map[string]string{redirectAnnotation: "true"}, true},
		"a rewrite":                   {"nginx", map[string]string{rewriteAnnotation: "/$1"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := stage()
			s.ingresses = []networkingv1.Ingress{newIngress(c.class, c.annotations, networkingv1.PathTypePrefix)}
			found := s.ingressTable().routes
			if (len(found) == 1) != c.served {
				t.Fatalf("routes %+v, served should be %t", found, c.served)
			}
			if c.served &&
				(found[0].backend != "10.96.1.2:80" || found[0].redirect != (c.annotations[redirectAnnotation] != "")) {
				t.Errorf("route %+v", found[0])
			}
		})
	}
}

func newGateway(hostname string, from gatewayv1.FromNamespaces) gatewayv1.Gateway {
	name := gatewayv1.Hostname(hostname)
	allowed := &gatewayv1.AllowedRoutes{
		Namespaces: &gatewayv1.RouteNamespaces{
			From:     &from,
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"routes": "yes"}},
		},
	}
	return gatewayv1.Gateway{
		ObjectMeta: metav1.ObjectMeta{Namespace: "gateway-system", Name: "shared"},
		Spec: gatewayv1.GatewaySpec{GatewayClassName: "sandbox", Listeners: []gatewayv1.Listener{
			{Name: "http", Protocol: gatewayv1.HTTPProtocolType, Port: 80, Hostname: &name, AllowedRoutes: allowed},
		}},
	}
}

func newRoute(namespace, service, section string, hostnames ...gatewayv1.Hostname) gatewayv1.HTTPRoute {
	gateway, port := gatewayv1.Namespace("gateway-system"), gatewayv1.PortNumber(80)
	ref := gatewayv1.ParentReference{Name: "shared", Namespace: &gateway}
	if section != "" {
		name := gatewayv1.SectionName(section)
		ref.SectionName = &name
	}
	backend := gatewayv1.HTTPBackendRef{
		BackendRef: gatewayv1.BackendRef{
			BackendObjectReference: gatewayv1.BackendObjectReference{Name: gatewayv1.ObjectName(service), Port: &port},
		},
	}
	return gatewayv1.HTTPRoute{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "zenml"},
		Spec: gatewayv1.HTTPRouteSpec{
			CommonRouteSpec: gatewayv1.CommonRouteSpec{ParentRefs: []gatewayv1.ParentReference{ref}},
			Hostnames:       hostnames,
			Rules:           []gatewayv1.HTTPRouteRule{{BackendRefs: []gatewayv1.HTTPBackendRef{backend}}},
		},
	}
}

func TestGatewayTable(t *testing.T) {
	all := newGateway("*.test", gatewayv1.NamespacesFromAll)
	selected := newGateway("*.test", gatewayv1.NamespacesFromSelector)
	same := newGateway("*.test", gatewayv1.NamespacesFromSame)
	named := newGateway("zenml.test", gatewayv1.NamespacesFromAll)
	for name, c := range map[string]struct {
		gateway    gatewayv1.Gateway
		route      gatewayv1.HTTPRoute
		reason     gatewayv1.RouteConditionReason
		host       string
		unresolved bool
	}{
		"accepted":                 {all, newRoute("zenml", "zenml", "", "zenml.test"), "", "zenml.test", false},
		"host of the listener":     {named, newRoute("zenml", "zenml", "http", "*.test"), "", "zenml.test", false},
		"no hostnames":             {named, newRoute("zenml", "zenml", ""), "", "zenml.test", false},
		"selected namespace":       {selected, newRoute("team", "zenml", "", "zenml.test"), "", "zenml.test", true},
		"no Service":               {all, newRoute("zenml", "nobody", "", "zenml.test"), "", "zenml.test", true},
		"no such section":          {all, newRoute("zenml", "zenml", "https", "zenml.test"), "NoMatchingParent", "", false},
		"namespace is not allowed": {same, newRoute("zenml", "zenml", "", "zenml.test"), "NotAllowedByListeners", "", false},
		"no hostname in common":    {all, newRoute("zenml", "zenml", "", "zenml.example.com"), "NoMatchingListenerHostname", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			s := stage()
			s.gateways, s.routes = []gatewayv1.Gateway{c.gateway}, []gatewayv1.HTTPRoute{c.route}
			found, attachments := s.gatewayTable(s.listeners())
			if len(attachments) != 1 || attachments[0].accepted != (c.reason == "") {
				t.Fatalf("attachments %+v", attachments)
			}
			if !attachments[0].accepted {
				if attachments[0].reason != c.reason {
					t.Errorf("reason %s, want %s", attachments[0].reason, c.reason)
				}
				return
			}
			if len(found.routes) != 1 || found.routes[0].host != c.host ||
				(attachments[0].unresolved != "") != c.unresolved {
				t.Errorf("routes %+v, unresolved %q", found.routes, attachments[0].unresolved)
			}
		})
	}
}
