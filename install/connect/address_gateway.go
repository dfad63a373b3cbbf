package connect

import (
	"cmp"
	"context"
	"encoding/json"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// httpRoute and gateway contain the relevant fields of the Gateway API's
// objects.
type httpRoute struct {
	Spec struct {
		Hostnames  []string `json:"hostnames"`
		ParentRefs []struct {
			Name        string `json:"name"`
			Namespace   string `json:"namespace"`
			SectionName string `json:"sectionName"`
		} `json:"parentRefs"`
		Rules []struct {
			Matches []struct {
				Path struct {
					Value string `json:"value"`
				} `json:"path"`
			} `json:"matches"`
		} `json:"rules"`
	} `json:"spec"`
}

type gateway struct {
	Spec struct {
		Listeners []listener `json:"listeners"`
	} `json:"spec"`
	Status struct {
		Addresses []struct {
			Value string `json:"value"`
		} `json:"addresses"`
	} `json:"status"`
}

type listener struct {
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

// route returns the address of an HTTPRoute: its host at the listener of its
// Gateway. If the user cannot read the Gateway, it assumes https.
func (f addressFinder) route(ctx context.Context, o manifest.Object) (Address, error) {
	var r httpRoute
	if !convert(o, &r) || len(r.Spec.ParentRefs) == 0 {
		return Address{}, nil
	}
	parent := r.Spec.ParentRefs[0]
	namespace := cmp.Or(parent.Namespace, f.namespace)
	g, seen := f.gateway(ctx, namespace, parent.Name)
	at := g.listener(parent.SectionName)
	scheme := "https"
	if at.Protocol == "HTTP" {
		scheme = "http"
	}
	host := at.Hostname
	if len(r.Spec.Hostnames) > 0 {
		host = r.Spec.Hostnames[0]
	}
	if host == "" && len(g.Status.Addresses) > 0 {
		host = g.Status.Addresses[0].Value
	}
	if host == "" {
		f.namespace = namespace
		return Address{Pending: f.pending("Gateway", parent.Name)}, nil
	}
	a := Address{URL: webAddress(scheme, host, at.Port) + r.path()}
	if seen && scheme == "https" && len(at.TLS.CertificateRefs) > 0 {
		ref := at.TLS.CertificateRefs[0]
		f.namespace = cmp.Or(ref.Namespace, namespace)
		a.NoVerify = f.unverifiable(ctx, ref.Name, host)
	}
	return a, nil
}

func (r httpRoute) path() string {
	for _, rule := range r.Spec.Rules {
		for _, m := range rule.Matches {
			return plainPath(m.Path.Value)
		}
	}
	return ""
}

// listener returns the named listener, or without a name an HTTPS listener,
// else the first.
func (g gateway) listener(name string) listener {
	var best listener
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

// gateway reads a Gateway if the user has the permission.
func (f addressFinder) gateway(ctx context.Context, namespace, name string) (g gateway, seen bool) {
	body, err := f.client.Discovery().RESTClient().Get().
		AbsPath("/apis/gateway.networking.k8s.io/v1/namespaces", namespace, "gateways", name).DoRaw(ctx)
	return g, err == nil && json.Unmarshal(body, &g) == nil
}
