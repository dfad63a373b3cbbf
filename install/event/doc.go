// Package event defines the events of an install.
package event
