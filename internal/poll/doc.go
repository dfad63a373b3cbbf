// Package poll polls until a condition is true.
package poll
