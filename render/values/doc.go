// Package values builds the chart's values file and the Secrets that it
// references from answers.
//
// A section of the answers is a small function in a file of its own. It adds
// settings to a draft. A setting has its value, the comment above its block, the
// answers that it comes from and the proofs of its effect: what the rendered
// objects must show. Prove looks for them all.
//
// Whether a chart supports a setting is read from that chart's own defaults.
package values
