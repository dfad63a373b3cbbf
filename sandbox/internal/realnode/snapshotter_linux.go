package realnode

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// snapshotter returns the containerd snapshotter for the file system of dir:
// overlay file systems cannot be stacked.
func snapshotter(dir string) string {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(dir, &stat); err == nil && stat.Type == unix.OVERLAYFS_SUPER_MAGIC {
		return "native"
	}
	return "overlayfs"
}
