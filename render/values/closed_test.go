package values

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zenml-installer/zenml-installer/internal/secret"
)

func TestClosed(t *testing.T) {
	open := map[string]any{"server": map[string]any{
		"serverURL": "https://zenml.example.com",
		"ingress":   map[string]any{"enabled": true, "host": "zenml.example.com"},
		"gateway":   map[string]any{"enabled": true},
		"service":   map[string]any{"type": "LoadBalancer", "port": 80},
	}}
	want := map[string]any{"server": map[string]any{
		"serverURL": "https://zenml.example.com",
		"ingress":   map[string]any{"enabled": false, "host": "zenml.example.com"},
		"gateway":   map[string]any{"enabled": false},
		"service":   map[string]any{"type": "ClusterIP", "port": 80},
	}}
	if diff := cmp.Diff(want, Closed(open)); diff != "" {
		t.Error(diff)
	}
	if open["server"].(map[string]any)["ingress"].(map[string]any)["enabled"] != true {
		t.Error("the given values were changed")
	}
}

// TestWithoutJWTKey removes only the key that the installer has set.
func TestWithoutJWTKey(t *testing.T) {
	release := map[string]any{"server": map[string]any{"auth": map[string]any{"jwtSecretKey": "k"}, "replicaCount": 1}}
	want := map[string]any{"server": map[string]any{"replicaCount": 1}}
	if diff := cmp.Diff(want, WithoutJWTKey(release, secret.New("k"))); diff != "" {
		t.Error(diff)
	}
	for _, other := range []string{"", "another"} {
		if diff := cmp.Diff(release, WithoutJWTKey(release, secret.New(other))); diff != "" {
			t.Error(diff)
		}
	}
}
