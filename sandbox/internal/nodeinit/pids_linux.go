package nodeinit

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// HostPID translates a process id in the namespaces of the first process to the
// host's, or returns 0 for a process that has ended.
func HostPID(first, id int) int {
	namespace, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/pid", first))
	if err != nil {
		return 0
	}
	entries, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return 0
	}
	for _, entry := range entries {
		if its, err := os.Readlink(entry + "/ns/pid"); err != nil || its != namespace {
			continue
		}
		if innermostPID(entry+"/status") == id {
			pid, _ := strconv.Atoi(filepath.Base(entry))
			return pid
		}
	}
	return 0
}

// innermostPID reads a process's id in its own namespace.
func innermostPID(status string) int {
	file, err := os.Open(status)
	if err != nil {
		return 0
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if rest, found := strings.CutPrefix(lines.Text(), "NSpid:"); found {
			fields := strings.Fields(rest)
			id, _ := strconv.Atoi(fields[len(fields)-1])
			return id
		}
	}
	return 0
}
