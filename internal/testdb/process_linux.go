package testdb

import (
	"os"
	"syscall"
	"testing"
)

// nobody is the user without rights on every Linux.
const nobody = 65534

// endWithTest makes a child that ends with the test.
func endWithTest() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }

// unprivileged makes a child that ends with the test and does not run as root.
func unprivileged() *syscall.SysProcAttr {
	attr := endWithTest()
	if os.Geteuid() == 0 {
		attr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
	return attr
}

// hand gives a file to the user that an unprivileged child runs as.
func hand(t testing.TB, path string) {
	t.Helper()
	if os.Geteuid() == 0 {
		check(t, os.Chown(path, nobody, nobody))
	}
}
