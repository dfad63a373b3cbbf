// Package yamlnode edits trees of YAML nodes, preserving order and comments.
package yamlnode
