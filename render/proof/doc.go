// Package proof looks at rendered objects as the server's pods would see them.
// A Proof is a fact that the objects must show, such as a variable with a value,
// and belongs to the setting that causes it.
package proof
