package exposure

import (
	"testing"

	"k8s.io/apimachinery/pkg/types"
)

func TestReader_ListenerSecrets(t *testing.T) {
	const api = "/apis/gateway.networking.k8s.io/v1/namespaces/"
	const gateway = `{"spec": {"listeners": [
		{"name": "web", "protocol": "HTTP"},
		{"name": "own", "protocol": "HTTPS", "tls": {"certificateRefs": [{"name": "own-tls"}]}},
		{"name": "other", "protocol": "HTTPS", "tls": {"certificateRefs": [{"name": "other-tls", "namespace": "c"}]}}]}}`
	route := func(section string) string {
		return `{"spec": {"parentRefs": [{"name": "shared", "namespace": "g", "sectionName": "` + section + `"}]}}`
	}
	for section, want := range map[string]types.NamespacedName{
		"":      {Namespace: "g", Name: "own-tls"},
		"own":   {Namespace: "g", Name: "own-tls"},
		"other": {Namespace: "c", Name: "other-tls"},
		"web":   {},
	} {
		r := reader(t, map[string]string{
			api + "n/httproutes/zenml": route(section), api + "g/gateways/shared": gateway,
		})
		found := append(r.ListenerSecrets(t.Context(), "zenml"), types.NamespacedName{})
		if found[0] != want {
			t.Errorf("listener %q: %v, want %v", section, found, want)
		}
	}
	if found := reader(t, nil).ListenerSecrets(t.Context(), "zenml"); len(found) > 0 {
		t.Errorf("without a route: %v", found)
	}
}
