package ingress

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// snapshot contains the cluster's objects at one moment.
type snapshot struct {
	ingressClasses []networkingv1.IngressClass
	ingresses      []networkingv1.Ingress
	gatewayClasses []gatewayv1.GatewayClass
	gateways       []gatewayv1.Gateway
	routes         []gatewayv1.HTTPRoute
	services       map[types.NamespacedName]corev1.Service
	secrets        map[types.NamespacedName]corev1.Secret
	namespaces     map[string]corev1.Namespace
}

// take reads a snapshot, oldest objects first: they take precedence in
// conflicts.
func take(ctx context.Context, reader client.Reader) (*snapshot, error) {
	var classes networkingv1.IngressClassList
	var ingresses networkingv1.IngressList
	var gatewayClasses gatewayv1.GatewayClassList
	var gateways gatewayv1.GatewayList
	var routes gatewayv1.HTTPRouteList
	var services corev1.ServiceList
	var secrets corev1.SecretList
	var namespaces corev1.NamespaceList
	for _, list := range []client.ObjectList{
		&classes, &ingresses, &gatewayClasses, &gateways, &routes, &services, &secrets, &namespaces,
	} {
		if err := reader.List(ctx, list); err != nil {
			return nil, fmt.Errorf("list %T: %w", list, err)
		}
	}
	oldestFirst(ingresses.Items, func(i *networkingv1.Ingress) client.Object { return i })
	oldestFirst(routes.Items, func(r *gatewayv1.HTTPRoute) client.Object { return r })
	return &snapshot{
		ingressClasses: classes.Items, ingresses: ingresses.Items,
		gatewayClasses: gatewayClasses.Items, gateways: gateways.Items, routes: routes.Items,
		services:   byName(services.Items, func(s *corev1.Service) client.Object { return s }),
		secrets:    byName(secrets.Items, func(s *corev1.Secret) client.Object { return s }),
		namespaces: namespacesByName(namespaces.Items),
	}, nil
}

func oldestFirst[T any](items []T, object func(*T) client.Object) {
	slices.SortStableFunc(items, func(a, b T) int {
		return object(&a).GetCreationTimestamp().Compare(object(&b).GetCreationTimestamp().Time)
	})
}

func byName[T any](items []T, object func(*T) client.Object) map[types.NamespacedName]T {
	found := make(map[types.NamespacedName]T, len(items))
	for i := range items {
		found[client.ObjectKeyFromObject(object(&items[i]))] = items[i]
	}
	return found
}

func namespacesByName(items []corev1.Namespace) map[string]corev1.Namespace {
	found := make(map[string]corev1.Namespace, len(items))
	for _, item := range items {
		found[item.Name] = item
	}
	return found
}

// backend returns the address of a Service's port, or "".
func (s *snapshot) backend(namespace, name string, port networkingv1.ServiceBackendPort) string {
	service, ok := s.services[types.NamespacedName{Namespace: namespace, Name: name}]
	if !ok || service.Spec.ClusterIP == "" || service.Spec.ClusterIP == corev1.ClusterIPNone {
		return ""
	}
	for _, p := range service.Spec.Ports {
		if p.Port == port.Number || port.Name != "" && p.Name == port.Name {
			return net.JoinHostPort(service.Spec.ClusterIP, strconv.Itoa(int(p.Port)))
		}
	}
	return ""
}

// pair returns the certificate and key in a TLS Secret. Like other controllers,
// it accepts an expired certificate.
func (s *snapshot) pair(namespace, name string) (*tls.Certificate, error) {
	secret, ok := s.secrets[types.NamespacedName{Namespace: namespace, Name: name}]
	if !ok {
		return nil, fmt.Errorf("there is no TLS Secret %s/%s", namespace, name)
	}
	pair, err := tls.X509KeyPair(secret.Data[corev1.TLSCertKey], secret.Data[corev1.TLSPrivateKeyKey])
	if err != nil {
		return nil, fmt.Errorf("read TLS Secret %s/%s: %w", namespace, name, err)
	}
	return &pair, nil
}
