// Package tree contains helpers for decoded YAML or JSON, such as chart values:
// mappings are map[string]any.
package tree
