// Package poll asks until something is so.
package poll
