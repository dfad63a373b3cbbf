package values

import (
	"net/netip"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/render/proof"
)

// exposure sets how the server is exposed. ingress.enabled is always set
// because the chart creates an Ingress by default.
func exposure(d *draft) {
	switch d.a.Expose.Type {
	case answers.ByIngress:
		d.ingress()
	case answers.ByGateway:
		d.withoutIngress("No Ingress: the server is reached through a Gateway (expose.type).", "Ingress")
		d.gateway()
	case answers.LoadBalancer:
		d.withoutIngress(
			"No Ingress: the server has an address of its own, over plain HTTP (expose.type).",
			"Ingress",
			"HTTPRoute",
		)
		d.service("LoadBalancer")
	case answers.NodePort:
		d.withoutIngress(
			"No Ingress: the server is reached at a port of every node, over plain HTTP (expose.type).",
			"Ingress",
			"HTTPRoute",
		)
		d.service("NodePort")
	default:
		d.withoutIngress(
			"No Ingress: the server is reached by port-forward (expose.type). By default the chart creates an Ingress.",
			"Ingress",
			"HTTPRoute",
		)
		d.proveOnly(
			"expose.type",
			proof.Service(
				"the Service is of type ClusterIP",
				func(s proof.ServiceSpec) bool { return s.Type == "" || s.Type == "ClusterIP" },
			),
		)
	}
	d.servicePort()
}

func (d *draft) withoutIngress(why string, kinds ...string) {
	d.comment("ingress", why)
	d.set("ingress.enabled", false, "expose.type").explicit().prove(proof.NoneOf(kinds...))
}

// host returns the server's host name, or "" for any host.
func (d *draft) host() string {
	h := d.a.Expose.Host
	if !h.NipIO {
		return h.Name
	}
	address, err := netip.ParseAddr(d.settings.Address)
	if err != nil || !address.Is4() {
		d.fault(
			"expose.host",
			"a nip.io name needs the IPv4 address of the ingress controller's load balancer, which is unknown",
			"run the installer with access to the cluster, or set expose.host to a host name",
		)
		return ""
	}
	return "zenml." + address.String() + ".nip.io"
}

// serverURLs sets the public URLs of the server and the dashboard: those in the
// answers, otherwise those derived from the exposure.
func serverURLs(d *draft) {
	server, dashboard := d.a.Server.URL, d.a.Server.DashboardURL
	from := []string{"server.url"}
	if server == "" {
		server, from = d.publicURL(), []string{"expose.host", "expose.path", "expose.tls.mode", "expose.gateway.scheme"}
	}
	if server != "" {
		s := d.set("serverURL", server, from...).prove(proof.ServerHas("ZENML_SERVER_SERVER_URL", server))
		if d.a.Server.URL == "" {
			s.added("the server does not know its URL, and clients may be sent to another one")
		}
	}
	from = []string{"server.dashboardURL"}
	if dashboard == "" && d.path() == "" {
		dashboard, from = d.publicURL(), []string{"expose.host", "expose.tls.mode", "expose.gateway.scheme"}
	}
	if dashboard != "" {
		s := d.set("dashboardURL", dashboard, from...).prove(proof.ServerHas("ZENML_SERVER_DASHBOARD_URL", dashboard))
		if d.a.Server.DashboardURL == "" {
			s.added("links to the dashboard may lead to another URL")
		}
	}
}

// publicURL returns the URL derived from the exposure, or "".
func (d *draft) publicURL() string {
	if !hasPublicURL(d.a.Expose) {
		return ""
	}
	return PublicURL(d.a.Expose, d.host())
}

// hasPublicURL reports whether the exposure determines a public URL.
func hasPublicURL(e answers.Expose) bool {
	return (e.Type == answers.ByIngress || e.Type == answers.ByGateway) && !e.Host.IsZero()
}

// PublicURL returns the URL at which an Ingress or a Gateway serves host, or ""
// for any other exposure.
func PublicURL(e answers.Expose, host string) string {
	if !hasPublicURL(e) || host == "" {
		return ""
	}
	scheme := "http"
	if e.Type == answers.ByGateway {
		scheme = e.Gateway.Scheme
	} else if e.TLS.Mode != answers.CertOff {
		scheme = "https"
	}
	return scheme + "://" + host + BasePath(e)
}

func (d *draft) path() string { return BasePath(d.a.Expose) }

// BasePath returns the URL path without a trailing slash, "" for the root.
func BasePath(e answers.Expose) string { return strings.TrimSuffix(e.Path, "/") }

// proxyHeaders makes the server trust the X-Forwarded headers of a proxy.
// Otherwise all users have the proxy's address and share one login rate limit.
// Without trusted proxies it enables them only for an Ingress, because ingress
// controllers replace these headers by default. Many Gateways append to the
// client's headers, so clients could spoof their address.
func proxyHeaders(d *draft) {
	e := d.a.Expose
	const trusted = "expose.trustedProxies"
	switch {
	case e.Type != answers.ByIngress && e.Type != answers.ByGateway:
		return
	case len(e.TrustedProxies) > 0 && !d.supports("proxyHeaders", trusted, "does not support trusted proxies"):
		return
	case len(e.TrustedProxies) == 0 && (e.Type == answers.ByGateway || !d.has("proxyHeaders")):
		return
	}
	d.comment(
		"proxyHeaders",
		"The server is behind a proxy and reads the users' addresses from its headers (expose.trustedProxies).",
	)
	s := d.set("proxyHeaders.enabled", true, "expose.type").
		prove(proof.Server("the server trusts a proxy's headers", proof.TrustsProxyHeaders))
	if len(e.TrustedProxies) == 0 {
		s.added("the server sees the proxy's address instead of the users' addresses, and its rate limit on logins " +
			"counts all users as one")
	} else {
		s.answers = []string{trusted}
	}
	if list := strings.Join(e.TrustedProxies, ","); list != "" {
		d.set("proxyHeaders.forwardedAllowIPs", list, trusted).
			prove(proof.Server("the server trusts the headers of "+list, func(p *proof.Pod) bool {
				return p.Mentions(list)
			}))
	}
}
