package proof

import (
	"strconv"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/tree"
)

// Route proves that the spec of the only HTTPRoute contains want.
func Route(claim string, want map[string]any) Proof {
	return Proof{Claim: claim, Holds: func(v *View) bool { return tree.Covers(v.routeSpec(), want) }}
}

// RouteLeadsToServer reports whether the backend of every HTTPRoute rule is the
// rendered Service and one of its ports.
func RouteLeadsToServer(v *View) bool {
	rules, _ := v.routeSpec()["rules"].([]any)
	for _, r := range rules {
		rule, _ := r.(map[string]any)
		backends, _ := rule["backendRefs"].([]any)
		for _, b := range backends {
			backend, _ := b.(map[string]any)
			name, _ := backend["name"].(string)
			port, _ := tree.ScalarText(backend["port"])
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

// RouteParent proves a field of the HTTPRoute's parent.
func RouteParent(name, value string) Proof {
	return Proof{Claim: "the route's parent has the " + name + " " + value, Holds: func(v *View) bool {
		parents, _ := v.routeSpec()["parentRefs"].([]any)
		return len(parents) == 1 && tree.Covers(parents[0], map[string]any{name: value})
	}}
}

// RoutePath proves that the HTTPRoute matches a path.
func RoutePath(path string) Proof {
	return Proof{Claim: "the route is for path " + path, Holds: func(v *View) bool {
		rules, _ := v.routeSpec()["rules"].([]any)
		for _, r := range rules {
			rule, _ := r.(map[string]any)
			matches, _ := rule["matches"].([]any)
			for _, m := range matches {
				if tree.Covers(m, map[string]any{"path": map[string]any{"value": path}}) {
					return true
				}
			}
		}
		return false
	}}
}

// routeSpec returns the spec of the only HTTPRoute, or nil.
func (v *View) routeSpec() map[string]any {
	routes := manifest.Find(v.Objects, "HTTPRoute", "")
	if len(routes) != 1 {
		return nil
	}
	spec, _ := routes[0].Object["spec"].(map[string]any)
	return spec
}
