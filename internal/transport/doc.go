// Package transport adapts HTTP transports and their errors.
package transport
