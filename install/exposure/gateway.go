package exposure

import (
	"cmp"
	"context"

	"k8s.io/apimachinery/pkg/types"
)

// Gateway contains the relevant fields of a Gateway.
type Gateway struct {
	Spec struct {
		Listeners []Listener `json:"listeners"`
	} `json:"spec"`
	Status struct {
		Addresses []struct {
			Value string `json:"value"`
		} `json:"addresses"`
	} `json:"status"`
}

// Listener is a port of a Gateway, with the Secrets of its certificates.
type Listener struct {
	Name     string `json:"name"`
	Hostname string `json:"hostname"`
	Port     int32  `json:"port"`
	Protocol string `json:"protocol"`
	TLS      struct {
		CertificateRefs []struct {
			Name      string `json:"name"`
			Namespace string `json:"namespace"`
		} `json:"certificateRefs"`
	} `json:"tls"`
}

// Gateway reads a Gateway, and returns false if there is none or the user cannot read it.
func (r Reader) Gateway(ctx context.Context, name string) (g Gateway, found bool) {
	return g, r.read(ctx, &g, gatewayAPI, "gateways", name) == nil
}

// Listener returns the named listener, or without a name an HTTPS listener, else the
// first.
func (g Gateway) Listener(name string) Listener {
	var best Listener
	for _, l := range g.Spec.Listeners {
		if l.Name == name {
			return l
		}
		if best.Name == "" || best.Protocol == "HTTP" && l.Protocol == "HTTPS" {
			best = l
		}
	}
	return best
}

// ListenerSecrets returns the Secrets with the certificates of the listener that an
// HTTPRoute uses, as far as the user can read the route and its Gateway.
func (r Reader) ListenerSecrets(ctx context.Context, route string) []types.NamespacedName {
	var o httpRoute
	if r.read(ctx, &o, gatewayAPI, "httproutes", route) != nil || len(o.Spec.ParentRefs) == 0 {
		return nil
	}
	parent := o.Spec.ParentRefs[0]
	r.Namespace = cmp.Or(parent.Namespace, r.Namespace)
	g, _ := r.Gateway(ctx, parent.Name)
	var secrets []types.NamespacedName
	for _, ref := range g.Listener(parent.SectionName).TLS.CertificateRefs {
		secrets = append(secrets, types.NamespacedName{Namespace: cmp.Or(ref.Namespace, r.Namespace), Name: ref.Name})
	}
	return secrets
}
