package tree

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCut(t *testing.T) {
	tree := map[string]any{
		"a": map[string]any{"b": map[string]any{"c": 1}},
		"d": map[string]any{"e": 1, "f": map[string]any{}},
	}
	Cut(tree, []string{"a", "b", "c"})
	Cut(tree, []string{"d", "e"})
	if diff := cmp.Diff(map[string]any{"d": map[string]any{"f": map[string]any{}}}, tree); diff != "" {
		t.Error(diff)
	}
}
