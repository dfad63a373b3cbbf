package testdb

import (
	"os"
	"syscall"
	"testing"
)

// endWithTest kills the child when the test process ends.
func endWithTest() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }

// unprivileged is endWithTest for a child that must not run as root.
func unprivileged() *syscall.SysProcAttr {
	attr := endWithTest()
	if os.Geteuid() == 0 {
		attr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
	return attr
}

// chown changes a file's owner to the user of an unprivileged child.
func chown(t testing.TB, path string) {
	t.Helper()
	if os.Geteuid() == 0 {
		check(t, os.Chown(path, nobody, nobody))
	}
}
