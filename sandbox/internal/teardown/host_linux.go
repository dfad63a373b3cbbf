package teardown

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/cgroups"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/network"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/state"
)

// processes returns the ids of the sandbox's processes. Those in pods have no
// marker, but end with the first process of their namespace, which has it.
func processes(dir state.Dir) []int {
	environments, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		return nil
	}
	marker := []byte(EnvMarker + "=" + dir.Path())
	var found []int
	for _, path := range environments {
		data, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		for _, variable := range bytes.Split(data, []byte{0}) {
			if bytes.Equal(variable, marker) {
				pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
				if pid != os.Getpid() {
					found = append(found, pid)
				}
			}
		}
	}
	return found
}

// cleanHost removes the interface, control group and mounts, and verifies that.
func cleanHost(ctx context.Context, dir state.Dir, record *state.Record) error {
	return errors.Join(
		removeLink(ctx, dir, record.Network.Interface),
		removeCgroup(ctx, dir),
		unmountAll(dir),
	)
}

func removeLink(ctx context.Context, dir state.Dir, name string) error {
	if name == "" {
		return nil
	}
	if err := network.Remove(name); err != nil {
		return fmt.Errorf("sandbox %s: %w", dir.Name, err)
	}
	gone := until(ctx, func() bool {
		_, err := net.InterfaceByName(name)
		return err != nil
	})
	if !gone {
		return fmt.Errorf("sandbox %s: network interface %s does not go away", dir.Name, name)
	}
	return nil
}

func removeCgroup(ctx context.Context, dir state.Dir) error {
	group := dir.Cgroup()
	if len(cgroups.Left(group)) == 0 {
		return nil
	}
	if err := cgroups.Remove(ctx, group); err != nil {
		return fmt.Errorf("sandbox %s: %w", dir.Name, err)
	}
	return nil
}

// unmountAll detaches mounts below the sandbox's folder, deepest first. The
// node's mounts are in their own namespace, so these are a user's.
func unmountAll(dir state.Dir) error {
	mounts, err := mountsBelow(dir.Path())
	if err != nil {
		return err
	}
	sort.Sort(sort.Reverse(sort.StringSlice(mounts)))
	for _, mount := range mounts {
		if err := unix.Unmount(mount, unix.MNT_DETACH); err != nil {
			return fmt.Errorf("sandbox %s: unmount %s: %w", dir.Name, mount, err)
		}
	}
	return nil
}

func mountsBelow(dir string) ([]string, error) {
	file, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return nil, fmt.Errorf("list mounts: %w", err)
	}
	defer func() { _ = file.Close() }()
	var mounts []string
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) > 4 && (fields[4] == dir || strings.HasPrefix(fields[4], dir+"/")) {
			mounts = append(mounts, fields[4])
		}
	}
	return mounts, lines.Err()
}
