// Package e2e holds the tests that bring whole sandboxes up and take them down.
package e2e
