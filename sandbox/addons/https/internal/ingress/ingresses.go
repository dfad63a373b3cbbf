package ingress

import (
	"crypto/tls"
	"regexp"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
)

// ControllerName is this controller's name in IngressClasses and
// GatewayClasses.
const ControllerName = "sandbox.zenml.io/ingress-controller"

// The supported annotations. Those of ingress-nginx are set by ZenML's charts
// and guide.
const (
	classAnnotation    = "kubernetes.io/ingress.class"
	redirectAnnotation = "nginx.ingress.kubernetes.io/ssl-redirect"
	rewriteAnnotation  = "nginx.ingress.kubernetes.io/rewrite-target"
)

// ownIngresses returns the Ingresses of this controller's classes.
func (s *snapshot) ownIngresses() []networkingv1.Ingress {
	own := map[string]bool{}
	for _, class := range s.ingressClasses {
		own[class.Name] = class.Spec.Controller == ControllerName
	}
	var found []networkingv1.Ingress
	for _, ingress := range s.ingresses {
		if own[className(&ingress)] {
			found = append(found, ingress)
		}
	}
	return found
}

// className returns the class from the legacy annotation, or from the field.
func className(ingress *networkingv1.Ingress) string {
	if class := ingress.Annotations[classAnnotation]; class != "" {
		return class
	}
	if ingress.Spec.IngressClassName != nil {
		return *ingress.Spec.IngressClassName
	}
	return ""
}

// ingressTable builds the routes and certificates of this controller's
// Ingresses.
func (s *snapshot) ingressTable() table {
	result := table{certificates: map[string]*tls.Certificate{}}
	for _, ingress := range s.ownIngresses() {
		result.add(s.certificatesOf(&ingress))
		for _, rule := range ingress.Spec.Rules {
			if rule.HTTP == nil {
				continue
			}
			for _, path := range rule.HTTP.Paths {
				if r, ok := s.ingressRoute(&ingress, rule.Host, path); ok {
					result.routes = append(result.routes, r)
				}
			}
		}
	}
	return result
}

func (s *snapshot) certificatesOf(ingress *networkingv1.Ingress) table {
	result := table{certificates: map[string]*tls.Certificate{}}
	for _, entry := range ingress.Spec.TLS {
		pair, err := s.pair(ingress.Namespace, entry.SecretName)
		if err != nil {
			continue // the default certificate is used until the Secret exists
		}
		for _, host := range entry.Hosts {
			result.certificates[strings.ToLower(host)] = pair
		}
	}
	return result
}

// ingressRoute builds the route of one path; ok is false if it cannot be
// served.
func (s *snapshot) ingressRoute(
	ingress *networkingv1.Ingress,
	host string,
	path networkingv1.HTTPIngressPath,
) (route, bool) {
	r := route{
		host: strings.ToLower(host), path: path.Path, kind: prefix, plain: true, secure: true,
		redirect: ingress.Annotations[redirectAnnotation] == "true" && secured(ingress, host),
		rewrite:  ingress.Annotations[rewriteAnnotation],
	}
	if path.PathType != nil && *path.PathType == networkingv1.PathTypeExact {
		r.kind = exact
	}
	if r.rewrite != "" {
		regex, err := regexp.Compile("^" + path.Path)
		if err != nil {
			return r, false
		}
		r.kind, r.regex = pattern, regex
	}
	if service := path.Backend.Service; service != nil {
		r.backend = s.backend(ingress.Namespace, service.Name, service.Port)
	}
	return r, true
}

// secured reports whether the Ingress lists the host in its TLS section.
func secured(ingress *networkingv1.Ingress, host string) bool {
	for _, entry := range ingress.Spec.TLS {
		for _, name := range entry.Hosts {
			if covers(name, host) {
				return true
			}
		}
	}
	return false
}
