//go:build !unix

package standin

import "os/exec"

// giveAway changes nothing: no server refuses the user here.
func (db *mariadb) giveAway(*exec.Cmd) error { return nil }
