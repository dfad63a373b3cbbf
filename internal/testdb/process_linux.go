package testdb

import (
	"os"
	"syscall"
	"testing"
)

// nobody is the user without rights on every Linux. mariadbd refuses root.
const nobody = 65534

// unprivileged makes a child that is not root and ends with the test.
func unprivileged() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if os.Geteuid() == 0 {
		attr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
	return attr
}

// hand gives a file to the user that the server runs as.
func hand(t testing.TB, path string) {
	t.Helper()
	if os.Geteuid() == 0 {
		check(t, os.Chown(path, nobody, nobody))
	}
}
