package nodeinit

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// hidden are the host folders that node components write to at fixed paths. In
// the namespaces they are empty, and they are removed with the node.
var hidden = []string{"/run", "/var/lib", "/var/log"}

// kept are the fixed paths whose content must be on disk: each is a folder of
// the same name below "node" in the state folder.
var kept = []string{"/var/lib/cni", "/var/lib/containerd", "/var/lib/kubelet", "/var/log/pods"}

// isolate gives this process its own mounts, /proc and empty folders instead of
// the host's, and enables packet forwarding.
func isolate(stateDir string) error {
	state, err := unix.Open(stateDir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("open state folder %s: %w", stateDir, err)
	}
	defer func() { _ = unix.Close(state) }()
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("detach mounts from the host: %w", err)
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_SHARED, ""); err != nil {
		return fmt.Errorf("share mounts inside the node: %w", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("mount /proc: %w", err)
	}
	for _, dir := range hidden {
		if err := hide(dir); err != nil {
			return err
		}
	}
	if err := shieldTunables(); err != nil {
		return err
	}
	if err := uncover(stateDir, state); err != nil {
		return err
	}
	for _, dir := range kept {
		if err := keep(stateDir, dir); err != nil {
			return err
		}
	}
	if err := os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0o600); err != nil {
		return fmt.Errorf("switch on packet forwarding inside the node: %w", err)
	}
	return nil
}

func hide(dir string) error {
	err := unix.Mount("tmpfs", dir, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=0755")
	if err != nil && !errors.Is(err, unix.ENOENT) {
		return fmt.Errorf("hide %s: %w", dir, err)
	}
	return nil
}

func keep(stateDir, dir string) error {
	source := filepath.Join(stateDir, "node", filepath.Base(dir))
	for _, path := range []string{source, dir} {
		if err := os.MkdirAll(path, 0o755); err != nil { //nolint:gosec // containers of any user must traverse it
			return fmt.Errorf("keep %s: %w", dir, err)
		}
	}
	if err := unix.Mount(source, dir, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("keep %s: %w", dir, err)
	}
	return nil
}

// uncover makes the state folder, opened as fd, visible again if hide covered it.
func uncover(stateDir string, fd int) error {
	if _, err := os.Stat(stateDir); err == nil {
		return nil
	}
	if err := os.MkdirAll(stateDir, 0o700); err != nil {
		return fmt.Errorf("uncover state folder: %w", err)
	}
	source := fmt.Sprintf("/proc/self/fd/%d", fd)
	if err := unix.Mount(source, stateDir, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("uncover state folder: %w", err)
	}
	return nil
}
