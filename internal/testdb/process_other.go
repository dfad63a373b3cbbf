//go:build !linux

package testdb

import (
	"syscall"
	"testing"
)

func endWithTest() *syscall.SysProcAttr { return nil }

// unprivileged is the test's own user, who must not be root.
func unprivileged() *syscall.SysProcAttr { return nil }

// hand has nothing to do: the server runs as the test's own user.
func hand(testing.TB, string) {}
