// Package proof verifies rendered objects from the point of view of the
// server's pods. A Proof is a fact that the objects must satisfy, such as the
// value of a variable; each belongs to the setting that causes it.
package proof
