// Package e2e contains the tests that start and remove whole sandboxes.
package e2e
