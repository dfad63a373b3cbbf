// Package realnode runs a Kubernetes node with real containers on this Linux machine.
package realnode

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// searchPath lists folders in which the node's programs are searched in
// addition to PATH, which often lacks those of system programs.
var searchPath = []string{"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"}

var cniDirs = []string{"/usr/lib/cni", "/opt/cni/bin", "/usr/libexec/cni"}

var programs = []struct{ name, packageName string }{
	{"containerd", "containerd"},
	{"containerd-shim-runc-v2", "containerd"},
	{"runc", "runc"},
	{"iptables", "iptables"},
}

var plugins = []string{"loopback", "ptp", "host-local", "portmap"}

// Missing returns what this machine lacks to run real nodes, with remedies, or
// nothing if it can.
func Missing() []string {
	if runtime.GOOS != "linux" {
		return []string{"real nodes need Linux (this is " + runtime.GOOS + ")"}
	}
	var missing []string
	if os.Geteuid() != 0 {
		missing = append(missing, "real nodes need root")
	}
	packages := missingPackages()
	if len(packages) > 0 {
		missing = append(
			missing,
			"install the missing packages: apt-get install -y --no-install-recommends "+strings.Join(packages, " "),
		)
	}
	return missing
}

func missingPackages() []string {
	seen := map[string]bool{}
	var packages []string
	add := func(name string) {
		if !seen[name] {
			seen[name] = true
			packages = append(packages, name)
		}
	}
	for _, program := range programs {
		if find(program.name) == "" {
			add(program.packageName)
		}
	}
	if cniDir() == "" {
		add("containernetworking-plugins")
	}
	return packages
}

// find returns the path of a program, or "".
func find(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, dir := range searchPath {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode()&0o111 != 0 {
			return path
		}
	}
	return ""
}

// cniDir returns the folder with all required CNI plugins, or "".
func cniDir() string {
	for _, dir := range cniDirs {
		if hasAll(dir, plugins) {
			return dir
		}
	}
	return ""
}

func hasAll(dir string, names []string) bool {
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}

// path returns PATH for the node's processes: the usual folders, and those of
// the programs that were found.
func path() string {
	dirs := slices.Clone(searchPath)
	for _, program := range programs {
		if dir := filepath.Dir(find(program.name)); !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	return strings.Join(dirs, ":")
}
