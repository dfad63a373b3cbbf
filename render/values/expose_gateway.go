package values

import (
	"github.com/zenml-installer/zenml-installer/render/proof"
)

// gateway sets the values of the HTTPRoute.
func (d *draft) gateway() {
	if !d.supports("gateway", "expose.type", "does not support the Gateway API") {
		return
	}
	g := d.a.Expose.Gateway
	d.comment(
		"gateway",
		"The server is reached through Gateway "+g.Name+" in namespace "+g.Namespace+" (expose.gateway).",
	)
	d.set("gateway.enabled", true, "expose.type").
		prove(proof.Route("there is an HTTPRoute that leads to the server", map[string]any{}).And(proof.RouteLeadsToServer))
	d.set("gateway.gatewayRef.name", g.Name, "expose.gateway.name").prove(proof.RouteParent("name", g.Name))
	d.set("gateway.gatewayRef.namespace", g.Namespace, "expose.gateway.namespace").
		prove(proof.RouteParent("namespace", g.Namespace))
	if g.Section != "" {
		d.set("gateway.sectionName", g.Section, "expose.gateway.section").
			prove(proof.RouteParent("sectionName", g.Section))
	}
	if host := d.host(); host != "" {
		d.set("gateway.host", host, "expose.host").
			prove(proof.Route("the route is for host "+host, map[string]any{"hostnames": []any{host}}))
	}
	if path := d.path(); path != "" {
		d.comment("rootUrlPath", "The API is served below a path (expose.path). The dashboard does not work there.")
		d.set("rootUrlPath", path, "expose.path").prove(proof.ServerHas("ZENML_SERVER_ROOT_URL_PATH", path))
		d.set("gateway.path", path, "expose.path").prove(proof.RoutePath(path))
	}
	if len(g.Annotations) > 0 {
		d.set("gateway.annotations", g.Annotations, "expose.gateway.annotations").
			prove(proof.Annotated("HTTPRoute", g.Annotations))
	}
}
