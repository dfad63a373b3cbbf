package answers

import (
	"fmt"
	"strings"
	"testing"
)

func TestReadLimits(t *testing.T) {
	levels := func(n int) string { return strings.Repeat("{a: ", n) + "1" + strings.Repeat("}", n) }
	for name, test := range map[string]struct{ content, want string }{
		"large":       {"version: 1\n# " + strings.Repeat("x", MaxFile), "larger than 1 MiB"},
		"wide":        {"version: 1\nvalues: [" + strings.Repeat("x, ", maxNodes) + "]", "more than 20000 keys"},
		"deep":        {"version: 1\nvalues: " + levels(9000), "more than 100 levels deep"},
		"deep enough": {"version: 1\nvalues: " + levels(MaxLevels-1), ""},
	} {
		_, err := Read("answers.yaml", []byte(test.content))
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRawValuesAreFew(t *testing.T) {
	values := map[string]any{}
	for n := range maxRawValues {
		values[fmt.Sprint(n)] = n
	}
	if faults := rawValuesAreFew(Answers{Values: values}); faults != nil {
		t.Error(faults)
	}
	values["more"] = 1
	if faults := rawValuesAreFew(Answers{Values: values}); len(faults) != 1 || faults[0].Key != "values" {
		t.Error(faults)
	}
}
