package render

import (
	"slices"
	"strconv"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// gateway writes the HTTPRoute that is attached to a Gateway.
func (d *draft) gateway() {
	if !d.supports("gateway", "expose.type", "knows no Gateway") {
		return
	}
	g := d.a.Expose.Gateway
	d.comment("gateway", "Reached through Gateway "+g.Name+" in namespace "+g.Namespace+" (expose.gateway).")
	d.set("gateway.enabled", true, "expose.type").prove(routeIs("there is an HTTPRoute that leads to the server", map[string]any{}).and(routeLeadsToServer))
	d.set("gateway.gatewayRef.name", g.Name, "expose.gateway.name").prove(routeParent("name", g.Name))
	d.set("gateway.gatewayRef.namespace", g.Namespace, "expose.gateway.namespace").prove(routeParent("namespace", g.Namespace))
	if g.Section != "" {
		d.set("gateway.sectionName", g.Section, "expose.gateway.section").prove(routeParent("sectionName", g.Section))
	}
	if host := d.host(); host != "" {
		d.set("gateway.host", host, "expose.host").prove(routeIs("the route is for host "+host, map[string]any{"hostnames": []any{host}}))
	}
	if path := d.path(); path != "" {
		d.comment("rootUrlPath", "The API is served below a path (expose.path); the dashboard does not work there.")
		d.set("rootUrlPath", path, "expose.path").prove(serverSees("ZENML_SERVER_ROOT_URL_PATH", path))
		d.set("gateway.path", path, "expose.path").prove(routePath(path))
	}
	if len(g.Annotations) > 0 {
		d.set("gateway.annotations", g.Annotations, "expose.gateway.annotations").prove(annotated("HTTPRoute", g.Annotations))
	}
}

func routeIs(claim string, want map[string]any) proof {
	return proof{claim: claim, holds: func(v *view) bool { return covers(v.routeSpec(), want) }}
}

// routeLeadsToServer tells whether every rule of the HTTPRoute ends at the
// rendered Service and its port.
func routeLeadsToServer(v *view) bool {
	rules, _ := v.routeSpec()["rules"].([]any)
	for _, r := range rules {
		rule, _ := r.(map[string]any)
		backends, _ := rule["backendRefs"].([]any)
		for _, b := range backends {
			backend, _ := b.(map[string]any)
			name, _ := backend["name"].(string)
			port, _ := scalarText(backend["port"])
			number, err := strconv.ParseInt(port, 10, 32)
			if err != nil || !v.serves(name, int32(number)) {
				return false
			}
		}
		if len(backends) == 0 {
			return false
		}
	}
	return len(rules) > 0
}

func routeParent(name, value string) proof {
	return proof{claim: "the route's parent has the " + name + " " + value, holds: func(v *view) bool {
		parents, _ := v.routeSpec()["parentRefs"].([]any)
		return len(parents) == 1 && covers(parents[0], map[string]any{name: value})
	}}
}

func routePath(path string) proof {
	return proof{claim: "the route is for path " + path, holds: func(v *view) bool {
		rules, _ := v.routeSpec()["rules"].([]any)
		for _, r := range rules {
			rule, _ := r.(map[string]any)
			matches, _ := rule["matches"].([]any)
			for _, m := range matches {
				if covers(m, map[string]any{"path": map[string]any{"value": path}}) {
					return true
				}
			}
		}
		return false
	}}
}

// routeSpec returns the spec of the one HTTPRoute, nil without one.
func (v *view) routeSpec() map[string]any {
	routes := manifest.Find(v.objects, "HTTPRoute", "")
	if len(routes) != 1 {
		return nil
	}
	spec, _ := routes[0].Object["spec"].(map[string]any)
	return spec
}

// annotated proves that every object of a kind has the annotations.
func annotated(kind string, want map[string]string) proof {
	return proof{claim: "the " + kind + " has the annotations", holds: func(v *view) bool {
		found := manifest.Find(v.objects, kind, "")
		return len(found) > 0 && !slices.ContainsFunc(found, func(o manifest.Object) bool { return !includes(o.GetAnnotations(), want) })
	}}
}

func includes(have, want map[string]string) bool {
	for name, value := range want {
		if got, ok := have[name]; !ok || got != value {
			return false
		}
	}
	return true
}
