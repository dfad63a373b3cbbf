//go:build unix

package standin

import (
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// giveAway makes a command run as nobody if the test runs as root, because the
// server refuses to.
func (db *mariadb) giveAway(command *exec.Cmd) error {
	if os.Getuid() != 0 {
		return nil
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		return err
	}
	uid, _ := strconv.Atoi(nobody.Uid)
	gid, _ := strconv.Atoi(nobody.Gid)
	command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	command.Dir = db.folder
	command.Env = append(os.Environ(), "HOME="+db.folder, "TMPDIR="+db.folder)
	return filepath.Walk(db.folder, func(path string, _ os.FileInfo, err error) error {
		return errors.Join(err, os.Chown(path, uid, gid))
	})
}
