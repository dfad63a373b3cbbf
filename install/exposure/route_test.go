package exposure

import (
	"strings"
	"testing"
)

func TestRoute(t *testing.T) {
	const path = "/apis/gateway.networking.k8s.io/v1/namespaces/"
	const head = `{"metadata": {"generation": 2}, "spec": {"parentRefs": [{"name": "shared", "namespace": "g"}]}, `
	condition := func(kind, status, reason, generation string) string {
		return `{"type": "` + kind + `", "status": "` + status + `", "reason": "` + reason +
			`", "message": "why", "observedGeneration": ` + generation + `}`
	}
	parents := func(conditions ...string) string {
		return head + `"status": {"parents": [{"conditions": [` + strings.Join(conditions, ", ") + `]}]}}`
	}
	accepted := condition("Accepted", "True", "Accepted", "2")
	for name, test := range map[string]struct {
		route, gateway string
		rule, says     string
	}{
		"accepted": {parents(accepted, condition("ResolvedRefs", "True", "ResolvedRefs", "2")), "{}", "", ""},
		"not allowed": {parents(condition("Accepted", "False", "NotAllowedByListeners", "2")),
			"{}", "route not allowed", "why"},
		"no backend": {parents(accepted, condition("ResolvedRefs", "False", "BackendNotFound", "2")),
			"{}", "route backend", "why"},
		"of a change ago": {parents(condition("Accepted", "False", "NoMatchingParent", "1")), "{}",
			"route pending", "Gateway shared in namespace g"},
		"no controller": {head + `"status": {"parents": []}}`, "{}", "route pending",
			"Gateway shared in namespace g"},
		"no Gateway": {head + `"status": {"parents": []}}`, "", "route pending",
			"Gateway shared does not exist in namespace g"},
	} {
		objects := map[string]string{path + "n/httproutes/zenml": test.route}
		if test.gateway != "" {
			objects[path+"g/gateways/shared"] = test.gateway
		}
		s, ok := reader(t, objects).Route(t.Context(), "zenml")
		if !ok || s.Ready != (test.rule == "") {
			t.Errorf("%s: %+v, %t", name, s, ok)
		}
		if d := s.Diagnosis(); !s.Ready && (d.Name != test.rule || !strings.Contains(d.Text(), test.says)) {
			t.Errorf("%s: rule %q, %s", name, d.Name, d.Text())
		}
	}
	if s, ok := reader(t, nil).Route(t.Context(), "zenml"); ok {
		t.Errorf("a route that does not exist: %+v", s)
	}
}
