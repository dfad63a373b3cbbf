package values

import (
	"maps"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/render/proof"
)

// ingress sets the values of the Ingress.
func (d *draft) ingress() {
	i := d.a.Expose.Ingress
	d.comment("ingress", "The server is reached through an ingress controller (expose).")
	d.set("ingress.enabled", true, "expose.type").
		explicit().
		prove(proof.Ingress("there is an Ingress", func(networkingv1.Ingress) bool { return true }).And(proof.IngressLeadsToServer), proof.NoneOf("HTTPRoute"))
	d.set("ingress.className", i.Class, "expose.ingress.class").
		prove(proof.Ingress("the Ingress is of class "+i.Class, func(in networkingv1.Ingress) bool {
			return in.Spec.IngressClassName != nil && *in.Spec.IngressClassName == i.Class
		}))
	d.ingressAnnotations()
	if !d.a.Expose.Host.IsZero() {
		host := d.host()
		d.set("ingress.host", host, "expose.host").
			prove(proof.Ingress("the Ingress is for host "+host, func(in networkingv1.Ingress) bool {
				return len(in.Spec.Rules) == 1 && in.Spec.Rules[0].Host == host
			}))
	}
	d.ingressPath()
	d.ingressTLS()
}

// ingressAnnotations sets the annotations. With TLS it always sets a map,
// because the chart adds an entry and fails on its own null default.
func (d *draft) ingressAnnotations() {
	e := d.a.Expose
	all := map[string]string{}
	from := []string{}
	if e.TLS.Mode == answers.CertManager {
		name := map[string]string{answers.ClusterIssuer: "cert-manager.io/cluster-issuer", answers.NamespaceIssuer: "cert-manager.io/issuer"}[e.TLS.Issuer.Kind]
		all[name] = e.TLS.Issuer.Name
		from = append(from, "expose.tls.issuer.name", "expose.tls.issuer.kind")
	}
	if e.Ingress.Rewrite {
		all["nginx.ingress.kubernetes.io/use-regex"] = "true"
		all["nginx.ingress.kubernetes.io/rewrite-target"] = "/$2"
		from = append(from, "expose.ingress.rewrite")
	}
	if len(e.Ingress.Annotations) > 0 {
		maps.Copy(all, e.Ingress.Annotations)
		from = append(from, "expose.ingress.annotations")
	}
	if len(all) > 0 || e.TLS.Mode != answers.CertOff {
		s := d.set("ingress.annotations", all, append(from, "expose.tls.mode")...).prove(proof.Annotated("Ingress", all))
		if len(all) == 0 {
			s.added("the chart may not render with TLS")
		}
	}
}

// ingressPath sets the path of the Ingress and the server's root path.
func (d *draft) ingressPath() {
	path := d.path()
	if path == "" {
		return
	}
	d.comment("rootUrlPath", "The API is served below a path (expose.path). The dashboard does not work there.")
	d.set("rootUrlPath", path, "expose.path").prove(proof.ServerHas("ZENML_SERVER_ROOT_URL_PATH", path))
	if d.a.Expose.Ingress.Rewrite {
		path += "(/|$)(.*)"
	}
	d.set("ingress.path", path, "expose.path").
		prove(proof.Ingress("the Ingress is for path "+path, func(in networkingv1.Ingress) bool {
			return len(in.Spec.Rules) == 1 && in.Spec.Rules[0].HTTP != nil && len(in.Spec.Rules[0].HTTP.Paths) == 1 &&
				in.Spec.Rules[0].HTTP.Paths[0].Path == path
		}))
}

// ingressTLS sets the source of the certificate.
func (d *draft) ingressTLS() {
	t := d.a.Expose.TLS
	if t.Mode == answers.CertOff {
		d.proveOnly(
			"expose.tls.mode",
			proof.Ingress(
				"the Ingress has no TLS",
				func(in networkingv1.Ingress) bool { return len(in.Spec.TLS) == 0 },
			),
		)
		return
	}
	host := d.host()
	d.comment("ingress.tls", tlsSources[t.Mode])
	d.set("ingress.tls.enabled", true, "expose.tls.mode").
		prove(proof.Ingress("the Ingress has TLS for the host", func(in networkingv1.Ingress) bool {
			return len(in.Spec.TLS) == 1 && slices.Equal(in.Spec.TLS[0].Hosts, []string{host})
		}))
	if t.Mode == answers.CertSelfSigned {
		d.set("ingress.tls.generateCerts", true, "expose.tls.mode").prove(proof.MakesCertificate())
	}
	if t.SecretName != "" {
		d.set("ingress.tls.secretName", t.SecretName, "expose.tls.secretName").
			prove(proof.Ingress("the certificate is in Secret "+t.SecretName, func(in networkingv1.Ingress) bool {
				return len(in.Spec.TLS) == 1 && in.Spec.TLS[0].SecretName == t.SecretName
			}))
	}
	if t.Mode == answers.CertSecret {
		for _, key := range []string{"tls.crt", "tls.key"} {
			d.need(Need{Answer: "expose.tls.secretName", SecretRef: answers.SecretRef{Name: t.SecretName, Key: key}})
		}
	}
}

var tlsSources = map[string]string{
	answers.CertManager:    "The certificate comes from cert-manager (expose.tls).",
	answers.CertSecret:     "The certificate is in an existing Secret (expose.tls).",
	answers.CertSelfSigned: "The chart generates a self-signed certificate (expose.tls). Clients need --no-verify-ssl.",
}
