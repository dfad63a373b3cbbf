package importer

import (
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/tree"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// defaultTLSSecret is the chart's default name for the certificate's Secret.
const defaultTLSSecret = "zenml-tls-certs"

func (r *reader) exposure() {
	e := &r.a.Expose
	ingress, given := r.truth("server.ingress.enabled")
	gateway, _ := r.truth("server.gateway.enabled")
	kind := r.text("server.service.type")
	switch {
	case gateway:
		e.Type = answers.ByGateway
		r.gateway()
	case ingress || !given: // the chart creates an Ingress by default
		e.Type = answers.ByIngress
		r.ingress()
	case kind == "LoadBalancer":
		e.Type = answers.LoadBalancer
	case kind == "NodePort":
		e.Type = answers.NodePort
	default:
		e.Type = answers.PortForward
	}
	if gateway && ingress {
		r.note("server.ingress", "left out: there is an HTTPRoute")
	}
	if gateway && !given {
		r.note(
			"server.ingress.enabled",
			"set to false: by default the chart created an Ingress in addition to the HTTPRoute",
		)
	}
	if kind != "" && kind != "ClusterIP" && (e.Type == answers.ByIngress || e.Type == answers.ByGateway) {
		r.put("server.service.type", kind)
	}
	r.unusedBlock("ingress", e.Type != answers.ByIngress)
	r.unusedBlock("gateway", e.Type != answers.ByGateway)
	if e.Type != answers.PortForward {
		e.Service = answers.Service{
			Port:        r.number("server.service.port"),
			Annotations: r.pairs("server.service.annotations"),
		}
	}
	r.proxyHeaders()
	r.urls()
}

func (r *reader) unusedBlock(name string, unused bool) {
	if !unused {
		return
	}
	rest := r.mapping("server." + name)
	for _, key := range tree.Keys(rest) {
		if !tree.IsEmpty(rest[key]) && !r.repeatsDefault([]string{r.root, name, key}, rest[key]) {
			r.note("server."+name+"."+key, "left out: it has no effect, because %s is off", name)
		}
	}
}

func (r *reader) ingress() {
	e := &r.a.Expose
	e.Host.Name = r.text("server.ingress.host")
	e.Ingress.Class = r.text("server.ingress.className")
	annotations := r.pairs("server.ingress.annotations")
	r.path("server.ingress.path", annotations)
	r.certificate(annotations)
	if len(annotations) > 0 {
		e.Ingress.Annotations = annotations
	}
}

// path imports the path below the host, including its regular expression form.
func (r *reader) path(at string, annotations map[string]string) {
	e := &r.a.Expose
	path, root := r.text(at), r.text("server.rootUrlPath")
	plain := path
	for _, ending := range []string{"(/|$)(.*)", "/?(.*)"} {
		if cut, ok := strings.CutSuffix(path, ending); ok &&
			annotations["nginx.ingress.kubernetes.io/rewrite-target"] != "" {
			plain, e.Ingress.Rewrite = cut, true
			if ending != "(/|$)(.*)" || annotations["nginx.ingress.kubernetes.io/rewrite-target"] != "/$2" {
				r.note(at, "the regular expression changes to the chart's own")
			}
			delete(annotations, "nginx.ingress.kubernetes.io/rewrite-target")
			delete(annotations, "nginx.ingress.kubernetes.io/use-regex")
		}
	}
	if plain == "/" {
		plain = ""
	}
	e.Path = plain
	switch {
	case root == plain:
	case plain == "":
		r.put("server.rootUrlPath", root)
	case root == "":
		r.note("server.rootUrlPath", "set to the path: it was missing")
	default:
		r.note("server.rootUrlPath", "set to the path: it differed from it")
	}
}

func (r *reader) certificate(annotations map[string]string) {
	t := &r.a.Expose.TLS
	on, _ := r.truth("server.ingress.tls.enabled")
	generate, _ := r.truth("server.ingress.tls.generateCerts")
	name := r.text("server.ingress.tls.secretName")
	if !on {
		if generate || name != "" && name != defaultTLSSecret {
			r.note("server.ingress.tls", "left out: it was off")
		}
		return
	}
	t.SecretName = name
	if name == defaultTLSSecret {
		t.SecretName = ""
	}
	if generate {
		t.Mode = answers.CertSelfSigned
		return
	}
	for annotation, kind := range map[string]string{
		"cert-manager.io/cluster-issuer": answers.ClusterIssuer, "cert-manager.io/issuer": answers.NamespaceIssuer,
	} {
		if issuer, ok := annotations[annotation]; ok {
			delete(annotations, annotation)
			t.Mode, t.Issuer = answers.CertManager, answers.Issuer{Name: issuer, Kind: kind}
			return
		}
	}
	t.Mode = answers.CertSecret
	if t.SecretName == "" {
		t.SecretName = defaultTLSSecret
	}
}

func (r *reader) gateway() {
	e := &r.a.Expose
	e.Host.Name = r.text("server.gateway.host")
	e.Gateway = answers.Gateway{
		Name: r.text("server.gateway.gatewayRef.name"), Namespace: r.text("server.gateway.gatewayRef.namespace"),
		Section: r.text("server.gateway.sectionName"), Annotations: r.pairs("server.gateway.annotations"),
	}
	r.path("server.gateway.path", nil)
	plain := "http://" + e.Host.Name + strings.TrimSuffix(e.Path, "/")
	if e.Host.Name != "" && (r.peek("server.serverURL") == plain || r.peek("server.dashboardURL") == plain) {
		e.Gateway.Scheme = "http"
	}
}

func (r *reader) proxyHeaders() {
	on, given := r.truth("server.proxyHeaders.enabled")
	allowed := r.text("server.proxyHeaders.forwardedAllowIPs")
	if r.a.Expose.Type != answers.ByIngress && r.a.Expose.Type != answers.ByGateway {
		if on {
			r.put("server.proxyHeaders.enabled", on)
		}
		if allowed != "" {
			r.put("server.proxyHeaders.forwardedAllowIPs", allowed)
		}
		return
	}
	switch {
	case on && allowed != "" && allowed != "*":
		r.trusted(allowed)
	case on && r.a.Expose.Type == answers.ByGateway: // no answer trusts all clients behind a Gateway
		r.put("server.proxyHeaders.enabled", on)
	case !on && given && r.a.Expose.Type == answers.ByIngress: // no answer disables proxy headers behind an Ingress
		r.stay("proxyHeaders.enabled", false)
	case !given && r.a.Expose.Type == answers.ByIngress && r.defaultText("proxyHeaders", "enabled") == "false":
		r.note(
			"server.proxyHeaders.enabled",
			"set to true: behind an Ingress the login limit needs the users' own addresses; to keep it off, set it below values",
		)
	}
}

func (r *reader) trusted(list string) {
	r.a.Expose.TrustedProxies = strings.Split(list, ",")
	for i, entry := range r.a.Expose.TrustedProxies {
		r.a.Expose.TrustedProxies[i] = strings.TrimSpace(entry)
	}
	if strings.Join(r.a.Expose.TrustedProxies, ",") != list {
		r.note("server.proxyHeaders.forwardedAllowIPs", "the spaces in it are removed")
	}
}

// urls imports the server's URLs, except those that the exposure implies.
func (r *reader) urls() {
	server, dashboard := r.open("server.serverURL"), r.open("server.dashboardURL")
	e := r.a.Complete().Expose
	public, path := values.PublicURL(e, e.Host.Name), values.BasePath(e)
	if server == "" && public != "" {
		r.note("server.serverURL", "set to %s, which follows from the host", public)
	}
	if server != public {
		r.a.Server.URL = server
	}
	if dashboard == "" && public != "" && path == "" {
		r.note("server.dashboardURL", "set to %s, which follows from the host", public)
	}
	if dashboard != public || path != "" {
		r.a.Server.DashboardURL = dashboard
	}
}

// peek returns the text at path without taking it.
func (r *reader) peek(path string) string {
	value, ok := r.take(path)
	if !ok {
		return ""
	}
	r.put(path, value)
	text, _ := tree.ScalarText(value)
	return text
}

// defaultText returns the chart's default for a text of the server.
func (r *reader) defaultText(path ...string) string {
	if r.layout == nil {
		return ""
	}
	n := r.layout.Server(path...)
	if n == nil && slices.Contains(path, "authConfig") {
		n = r.layout.Server(slices.DeleteFunc(path, func(p string) bool { return p == "authConfig" })...)
	}
	var text string
	if n != nil {
		_ = n.Decode(&text)
	}
	return text
}
