// Package cgroups creates and removes the control group of a node's pods.
package cgroups

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// The pods' CPU share, in the files of both cgroup versions. Without it all
// pods together have the share of one process of this machine, and fail their
// probes while a compiler runs.
var shares = map[string]string{"cpu.shares": "16384", "cpu.weight": "1600"}

// Create creates the group in every mounted hierarchy.
func Create(group string) error {
	roots, err := hierarchies()
	if err != nil {
		return err
	}
	if len(roots) == 0 {
		return errors.New("no cgroup hierarchy is mounted below /sys/fs/cgroup")
	}
	for _, root := range roots {
		if err := os.MkdirAll(filepath.Join(root, group), 0o755); err != nil { //nolint:gosec // the kernel checks permissions
			return fmt.Errorf("create cgroup: %w", err)
		}
		if err := setShares(filepath.Join(root, group)); err != nil {
			return fmt.Errorf("create cgroup: %w", err)
		}
	}
	return nil
}

// setShares writes the files that a hierarchy has.
func setShares(dir string) error {
	for name, value := range shares {
		file, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY, 0) //nolint:gosec // a file of the kernel
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		_, err = file.WriteString(value)
		if err := errors.Join(err, file.Close()); err != nil {
			return err
		}
	}
	return nil
}

// Remove kills the remaining processes of the group and removes it with all its
// children from every hierarchy. A missing group is not an error.
func Remove(ctx context.Context, group string) error {
	roots, err := hierarchies()
	if err != nil {
		return err
	}
	for _, root := range roots {
		if err := removeTree(ctx, filepath.Join(root, group)); err != nil {
			return err
		}
	}
	return nil
}

// Left returns the paths where the group still exists.
func Left(group string) []string {
	roots, err := hierarchies()
	if err != nil {
		return nil
	}
	var left []string
	for _, root := range roots {
		if _, err := os.Stat(filepath.Join(root, group)); err == nil {
			left = append(left, filepath.Join(root, group))
		}
	}
	return left
}

func hierarchies() ([]string, error) {
	file, err := os.Open("/proc/self/mounts")
	if err != nil {
		return nil, fmt.Errorf("list cgroup hierarchies: %w", err)
	}
	defer func() { _ = file.Close() }()
	var roots []string
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) > 2 && (fields[2] == "cgroup" || fields[2] == "cgroup2") {
			roots = append(roots, fields[1])
		}
	}
	return roots, lines.Err()
}

// removeTree removes the deepest groups first, and retries while killed processes exit.
func removeTree(ctx context.Context, top string) error {
	for {
		err := removeOnce(top)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("remove cgroup %s: %w", top, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func removeOnce(top string) error {
	var dirs []string
	err := filepath.WalkDir(top, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && entry.IsDir() {
			dirs = append(dirs, path)
		}
		return err
	})
	if err != nil {
		return err
	}
	sort.Slice(dirs, func(i, j int) bool { return len(dirs[i]) > len(dirs[j]) })
	for _, dir := range dirs {
		if err := syscall.Rmdir(dir); err != nil && !errors.Is(err, syscall.ENOENT) {
			killAll(dir)
			return err
		}
	}
	return nil
}

func killAll(dir string) {
	data, err := os.ReadFile(filepath.Join(dir, "cgroup.procs"))
	if err != nil {
		return
	}
	for _, field := range strings.Fields(string(data)) {
		if pid, err := strconv.Atoi(field); err == nil && pid > 1 {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}
