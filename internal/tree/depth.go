package tree

// Depth counts the levels of mappings and lists in a value; a scalar has none.
func Depth(value any) int {
	deepest := 0
	switch v := value.(type) {
	case map[string]any:
		for _, below := range v {
			deepest = max(deepest, Depth(below))
		}
	case []any:
		for _, below := range v {
			deepest = max(deepest, Depth(below))
		}
	default:
		return 0
	}
	return deepest + 1
}
