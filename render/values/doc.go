// Package values builds the chart's values file and the Secrets that it
// references from answers.
//
// Each section of the answers is a function that adds settings to a draft. A
// setting has a value, the keys of its answers and the proofs of its effect in
// the rendered objects, which Prove verifies.
//
// The chart's default values determine whether it supports a setting.
package values
