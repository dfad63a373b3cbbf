package connect

import (
	"cmp"
	"context"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// httpRoute contains the relevant fields of an HTTPRoute.
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

// route returns the address of an HTTPRoute: its host at the listener of its
// Gateway. If the user cannot read the Gateway, it assumes https.
func (f addressFinder) route(ctx context.Context, o manifest.Object) (Address, error) {
	var r httpRoute
	if !convert(o, &r) || len(r.Spec.ParentRefs) == 0 {
		return Address{}, nil
	}
	parent := r.Spec.ParentRefs[0]
	namespace := cmp.Or(parent.Namespace, f.namespace)
	g, seen := f.reader(namespace).Gateway(ctx, parent.Name)
	at := g.Listener(parent.SectionName)
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
