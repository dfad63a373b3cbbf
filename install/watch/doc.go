// Package watch watches the objects of a release while Helm installs it. It
// reports what each of them waits for, and stops the install when waiting cannot
// help.
package watch
