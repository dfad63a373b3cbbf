package e2e

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// hostState is the state of the machine that a sandbox could change.
type hostState struct {
	interfaces map[string]bool
	// netns are named network namespaces, iptables the rules without counters.
	netns, iptables string
	// tunables are kernel settings that node components change.
	tunables string
}

func host(t *testing.T) hostState {
	t.Helper()
	state := hostState{interfaces: map[string]bool{}, netns: listing("/run/netns")}
	interfaces, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, each := range interfaces {
		state.interfaces[each.Name] = true
	}
	for _, name := range []string{
		"vm/overcommit_memory", "kernel/panic", "kernel/panic_on_oops", "net/ipv4/ip_forward", "net/ipv4/conf/all/route_localnet",
	} {
		value, err := os.ReadFile("/proc/sys/" + name)
		if err != nil && runtime.GOOS == "linux" {
			t.Fatal(err)
		}
		state.tunables += name + "=" + string(value)
	}
	if path, err := exec.LookPath("iptables-save"); err == nil && os.Geteuid() == 0 {
		rules, err := exec.Command(path).Output()
		if err != nil {
			t.Fatal(err)
		}
		state.iptables = regexp.MustCompile(`(?m)^#.*$|\[\d+:\d+\]`).ReplaceAllString(string(rules), "")
	}
	return state
}

func listing(dir string) string {
	entries, err := filepath.Glob(dir + "/*")
	if err != nil {
		return err.Error()
	}
	return strings.Join(entries, "\n")
}

// assertNothingOf verifies that the sandbox left nothing on the machine. Other
// sandboxes may start and stop meanwhile, so it only considers this one's
// names.
func (h hostState) assertNothingOf(t *testing.T, s *sandbox, before hostState) {
	t.Helper()
	folder := filepath.Join(os.Getenv("ZENML_SANDBOX_STATE"), s.Name)
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("files are left in %s (%v)", folder, err)
	}
	if h.netns != before.netns {
		t.Errorf("network namespaces before: %q, after: %q", before.netns, h.netns)
	}
	if h.iptables != before.iptables {
		t.Errorf("the host's packet filter changed from\n%s\nto\n%s", before.iptables, h.iptables)
	}
	if h.tunables != before.tunables {
		t.Errorf("the kernel's settings changed from\n%s\nto\n%s", before.tunables, h.tunables)
	}
	if name := s.Network.Interface; name != "" && h.interfaces[name] && !before.interfaces[name] {
		t.Errorf("network interface %s is left", name)
	}
	if runtime.GOOS == "linux" {
		assertNoTrace(t, folder, s.Cgroup)
	}
}

// assertNoTrace verifies that no processes, mounts or control groups of the
// sandbox exist.
func assertNoTrace(t *testing.T, folder, cgroup string) {
	t.Helper()
	environments, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range environments {
		data, err := os.ReadFile(path)
		if err == nil && bytes.Contains(append(data, 0), []byte("ZENML_SANDBOX_DIR="+folder+"\x00")) {
			t.Errorf("process %s is left", filepath.Dir(path))
		}
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(mounts), folder) {
		t.Errorf("mounts are left below %s", folder)
	}
	if cgroup == "" {
		return
	}
	for _, pattern := range []string{"/sys/fs/cgroup%s", "/sys/fs/cgroup/*%s"} {
		if left, _ := filepath.Glob(fmt.Sprintf(pattern, cgroup)); len(left) > 0 {
			t.Errorf("control groups are left: %v", left)
		}
	}
}
