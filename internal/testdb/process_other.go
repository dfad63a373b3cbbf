//go:build !linux

package testdb

import (
	"syscall"
	"testing"
)

func endWithTest() *syscall.SysProcAttr { return nil }

// unprivileged is the test's own user, who must not be root.
func unprivileged() *syscall.SysProcAttr { return nil }

// hand does nothing here: the server runs as the test's user.
func hand(testing.TB, string) {}
