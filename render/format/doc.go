// Package format writes a values document for other tools: Argo CD, Flux,
// Terraform, helmfile and kubectl.
package format
