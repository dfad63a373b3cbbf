package expose

import (
	"context"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// claim is a host and path that an object in the cluster uses.
type claim struct {
	object string // "Ingress shop in namespace web"
	host   string // empty for all hosts
	path   string // without a trailing slash; empty for the root
	rival  bool   // served by the same controller as the server's route
}

// ingressList contains every Ingress that the user can list.
type ingressList struct {
	items []networkingv1.Ingress
	// only is the single namespace that could be listed; empty for all.
	only string
}

var ingressesMemo = check.NewMemo[ingressList]("ingresses")

// ingresses lists the Ingresses of all namespaces once per run, or only those of the
// server's namespace if the user cannot list the others.
func ingresses(ctx context.Context, e *check.Env) (ingressList, error) {
	return ingressesMemo.Get(ctx, e, func(ctx context.Context) (ingressList, error) {
		items, err := ingressesIn(ctx, e, "")
		if apierrors.IsForbidden(err) {
			items, err = ingressesIn(ctx, e, e.Namespace())
			return ingressList{items: items, only: e.Namespace()}, check.ReadError(err, "Ingresses")
		}
		return ingressList{items: items}, check.ReadError(err, "Ingresses")
	})
}

func ingressesIn(ctx context.Context, e *check.Env, namespace string) ([]networkingv1.Ingress, error) {
	client, err := e.Cluster.Client()
	if err != nil {
		return nil, err
	}
	var items []networkingv1.Ingress
	err = check.EachItem(
		ctx,
		metav1.ListOptions{},
		func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			return client.NetworkingV1().Ingresses(namespace).List(ctx, o)
		},
		func(o runtime.Object) error {
			if i, ok := o.(*networkingv1.Ingress); ok {
				i.ManagedFields = nil
				items = append(items, *i)
			}
			return nil
		},
	)
	return items, err
}

// ingressClassOf returns the class of an Ingress from its field or its legacy
// annotation.
func ingressClassOf(i networkingv1.Ingress) string {
	if i.Spec.IngressClassName != nil {
		return *i.Spec.IngressClassName
	}
	return i.Annotations["kubernetes.io/ingress.class"]
}

// isOwn reports whether the object belongs to the release.
func isOwn(e *check.Env, o metav1.ObjectMeta) bool {
	return o.Namespace == e.Namespace() && o.Annotations["meta.helm.sh/release-name"] == e.Release() &&
		o.Annotations["meta.helm.sh/release-namespace"] == e.Namespace()
}

func ingressClaims(e *check.Env, all []networkingv1.Ingress) []claim {
	var claims []claim
	for _, i := range all {
		if isOwn(e, i.ObjectMeta) || i.Labels["acme.cert-manager.io/http01-solver"] == "true" {
			continue
		}
		rival := byIngress(e) && ingressClassOf(i) == ingressClassName(e)
		for _, rule := range i.Spec.Rules {
			for _, path := range rulePaths(rule) {
				claims = append(
					claims,
					claim{
						object: "Ingress " + i.Name + " in namespace " + i.Namespace,
						host:   rule.Host,
						path:   path,
						rival:  rival,
					},
				)
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

// httpRoute is the part of an HTTPRoute with hosts and paths.
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

// routeClaims returns the claims of the HTTPRoutes, none without the Gateway
// API. only is the single namespace that could be listed.
func routeClaims(ctx context.Context, e *check.Env) (claims []claim, only string, err error) {
	served, err := check.Serves(ctx, e, httpRouteResource)
	if err != nil || !served {
		return nil, "", err
	}
	visit := func(r httpRoute) {
		if !isOwn(e, r.Metadata) {
			claims = append(claims, claimsOf(e, r)...)
		}
	}
	err = check.Each(ctx, e, httpRouteResource, "", visit)
	if apierrors.IsForbidden(err) {
		only = e.Namespace()
		err = check.Each(ctx, e, httpRouteResource, only, visit)
	}
	return claims, only, check.ReadError(err, "HTTPRoutes")
}

func claimsOf(e *check.Env, r httpRoute) []claim {
	ref, rival := e.Answers.Expose.Gateway, false
	for _, p := range r.Spec.ParentRefs {
		namespace := p.Namespace
		if namespace == "" {
			namespace = r.Metadata.Namespace
		}
		rival = rival || byGateway(e) && p.Name == ref.Name && namespace == ref.Namespace
	}
	hosts := r.Spec.Hostnames
	if len(hosts) == 0 {
		hosts = []string{""}
	}
	var claims []claim
	for _, host := range hosts {
		for _, path := range routePaths(r) {
			claims = append(
				claims,
				claim{
					object: "HTTPRoute " + r.Metadata.Name + " in namespace " + r.Metadata.Namespace,
					host:   host,
					path:   path,
					rival:  rival,
				},
			)
		}
	}
	return claims
}

// routePaths returns the paths for which a route receives all requests. It
// ignores matches on the method, headers or the query.
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
