// Package tree has helpers for trees of decoded YAML or JSON, such as chart
// values: mappings are map[string]any.
package tree
