package checks

import (
	"context"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// claim is one host and path that an object in the cluster serves.
type claim struct {
	object string // "Ingress shop in namespace web"
	host   string // empty for every host
	path   string // without a slash at its end; empty for the root
	rival  bool   // through the same controller as the server's own
}

// ingressList is every Ingress that the user may see.
type ingressList struct {
	items []networkingv1.Ingress
	// only names the one namespace that could be looked at; empty for all.
	only string
}

var ingressesMemo = NewMemo[ingressList]("ingresses")

// ingresses lists the Ingresses of all namespaces, once; or those of the
// server's own, where the user may not see the others.
func (e *Env) ingresses(ctx context.Context) (ingressList, error) {
	return ingressesMemo.Get(ctx, e, func(ctx context.Context) (ingressList, error) {
		items, err := e.ingressesIn(ctx, "")
		if apierrors.IsForbidden(err) {
			items, err = e.ingressesIn(ctx, e.namespace())
			return ingressList{items: items, only: e.namespace()}, unreadable(err, "Ingresses")
		}
		return ingressList{items: items}, unreadable(err, "Ingresses")
	})
}

func (e *Env) ingressesIn(ctx context.Context, namespace string) ([]networkingv1.Ingress, error) {
	client, err := e.Cluster.Client()
	if err != nil {
		return nil, err
	}
	var items []networkingv1.Ingress
	err = eachItem(ctx, metav1.ListOptions{}, func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
		return client.NetworkingV1().Ingresses(namespace).List(ctx, o)
	}, func(o runtime.Object) error {
		if i, ok := o.(*networkingv1.Ingress); ok {
			i.ManagedFields = nil
			items = append(items, *i)
		}
		return nil
	})
	return items, err
}

// ingressClassOf is the class of an Ingress, by its field or the older annotation.
func ingressClassOf(i networkingv1.Ingress) string {
	if i.Spec.IngressClassName != nil {
		return *i.Spec.IngressClassName
	}
	return i.Annotations["kubernetes.io/ingress.class"]
}

// own tells whether Helm made an object for the release that is installed.
func (e *Env) own(o metav1.ObjectMeta) bool {
	return o.Namespace == e.namespace() && o.Annotations["meta.helm.sh/release-name"] == e.release() &&
		o.Annotations["meta.helm.sh/release-namespace"] == e.namespace()
}

func (e *Env) ingressClaims(all []networkingv1.Ingress) []claim {
	var claims []claim
	for _, i := range all {
		if e.own(i.ObjectMeta) || i.Labels["acme.cert-manager.io/http01-solver"] == "true" {
			continue
		}
		rival := e.byIngress() && ingressClassOf(i) == e.ingressClassName()
		for _, rule := range i.Spec.Rules {
			for _, path := range rulePaths(rule) {
				claims = append(claims, claim{object: "Ingress " + i.Name + " in namespace " + i.Namespace, host: rule.Host, path: path, rival: rival})
			}
		}
	}
	return claims
}

func rulePaths(rule networkingv1.IngressRule) []string {
	if rule.HTTP == nil {
		return nil
	}
	var paths []string
	for _, p := range rule.HTTP.Paths {
		paths = append(paths, strings.TrimRight(p.Path, "/"))
	}
	return paths
}

// httpRoute is what of an HTTPRoute claims hosts and paths.
type httpRoute struct {
	Metadata metav1.ObjectMeta `json:"metadata"`
	Spec     struct {
		Hostnames  []string `json:"hostnames"`
		ParentRefs []struct {
			Name      string `json:"name"`
			Namespace string `json:"namespace"`
		} `json:"parentRefs"`
		Rules []struct {
			Matches []routeMatch `json:"matches"`
		} `json:"rules"`
	} `json:"spec"`
}

type routeMatch struct {
	Path *struct {
		Value string `json:"value"`
	} `json:"path"`
	Method      string `json:"method"`
	Headers     []any  `json:"headers"`
	QueryParams []any  `json:"queryParams"`
}

// routeClaims lists what the HTTPRoutes claim; none without the Gateway API.
// only names the namespace that could be looked at.
func (e *Env) routeClaims(ctx context.Context) (claims []claim, only string, err error) {
	served, err := e.serves(ctx, httpRouteResource)
	if err != nil || !served {
		return nil, "", err
	}
	visit := func(r httpRoute) {
		if !e.own(r.Metadata) {
			claims = append(claims, e.claimsOf(r)...)
		}
	}
	err = each(ctx, e, httpRouteResource, "", visit)
	if apierrors.IsForbidden(err) {
		only = e.namespace()
		err = each(ctx, e, httpRouteResource, only, visit)
	}
	return claims, only, unreadable(err, "HTTPRoutes")
}

func (e *Env) claimsOf(r httpRoute) []claim {
	ref, rival := e.Answers.Expose.Gateway, false
	for _, p := range r.Spec.ParentRefs {
		namespace := p.Namespace
		if namespace == "" {
			namespace = r.Metadata.Namespace
		}
		rival = rival || e.byGateway() && p.Name == ref.Name && namespace == ref.Namespace
	}
	hosts := r.Spec.Hostnames
	if len(hosts) == 0 {
		hosts = []string{""}
	}
	var claims []claim
	for _, host := range hosts {
		for _, path := range routePaths(r) {
			claims = append(claims, claim{object: "HTTPRoute " + r.Metadata.Name + " in namespace " + r.Metadata.Namespace, host: host, path: path, rival: rival})
		}
	}
	return claims
}

// routePaths are the paths that a route takes whole: a match that also looks
// at the method, headers or the query takes only some of the requests.
func routePaths(r httpRoute) []string {
	var paths []string
	for _, rule := range r.Spec.Rules {
		if len(rule.Matches) == 0 {
			paths = append(paths, "")
		}
		for _, m := range rule.Matches {
			if m.Method != "" || len(m.Headers) > 0 || len(m.QueryParams) > 0 {
				continue
			}
			path := ""
			if m.Path != nil {
				path = strings.TrimRight(m.Path.Value, "/")
			}
			paths = append(paths, path)
		}
	}
	return paths
}
