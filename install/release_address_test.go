package install

import (
	"testing"
)

// The server's URL in the values takes precedence, in the layout that the chart
// reads.
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
