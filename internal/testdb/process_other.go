//go:build !linux

package testdb

import (
	"syscall"
	"testing"
)

func endWithTest() *syscall.SysProcAttr { return nil }

// unprivileged does nothing here: the test must not run as root.
func unprivileged() *syscall.SysProcAttr { return nil }

// chown does nothing here: the server runs as the test's user.
func chown(testing.TB, string) {}
