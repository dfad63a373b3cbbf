// Package event has the events that an install reports.
package event
