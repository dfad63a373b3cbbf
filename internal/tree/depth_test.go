package tree

import "testing"

func TestDepth(t *testing.T) {
	for _, test := range []struct {
		value any
		want  int
	}{
		{"text", 0},
		{map[string]any{}, 1},
		{map[string]any{"a": 1, "b": []any{map[string]any{"c": nil}}}, 3},
	} {
		if got := Depth(test.value); got != test.want {
			t.Errorf("%v: %d, want %d", test.value, got, test.want)
		}
	}
}
