//go:build !unix

package kube

import "os/exec"

// isolate does nothing here: the command only loses its standard input.
func isolate(*exec.Cmd, bool) {}
