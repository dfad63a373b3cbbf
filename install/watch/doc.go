// Package watch watches the objects of a release while Helm installs it. It
// reports what each of them waits for, and stops the install if waiting cannot
// help.
package watch
