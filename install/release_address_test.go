package install

import (
	"testing"
)

// The URL that the values give the server wins, in the layout that counts.
func TestServerURLOfValues(t *testing.T) {
	for want, values := range map[string]map[string]any{
		"":                  {"server": map[string]any{}},
		"https://a.example": {"server": map[string]any{"serverURL": "https://a.example/"}},
		"https://b.example": {"server": map[string]any{"serverURL": "https://a.example"}, "zenml": map[string]any{"serverURL": "https://b.example"}},
	} {
		if got := (&Release{Values: values}).serverURL(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
