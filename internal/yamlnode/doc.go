// Package yamlnode edits trees of YAML nodes, which keep order and comments.
package yamlnode
