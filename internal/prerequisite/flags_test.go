package prerequisite

import (
	"encoding/json"
	"testing"

	"helm.sh/helm/v3/pkg/cli/values"
)

// TestHelmFlags lets Helm parse the flags, which must result in the same values.
func TestHelmFlags(t *testing.T) {
	wanted := append(Wanted(throughGateway()), Wanted(withConsent("traefik"))...)
	for _, c := range append(wanted, Component{Name: "comma", values: map[string]any{"a": "b,c=d"}}) {
		flags := helmFlags(c.values)
		var options values.Options
		for i := 0; i < len(flags); i += 2 {
			to := map[string]*[]string{"--set": &options.Values, "--set-string": &options.StringValues,
				"--set-json": &options.JSONValues}[flags[i]]
			*to = append(*to, flags[i+1])
		}
		got, err := options.MergeValues(nil)
		if asJSON(t, got) != asJSON(t, c.values) || err != nil {
			t.Errorf("%s: %q results in %v, want %v; %v", c.Name, flags, got, c.values, err)
		}
	}
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
