// Package state manages the paths of a sandbox's files, and its record.
package state

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"

	"github.com/adrg/xdg"
)

// EnvRoot is the environment variable that moves all sandboxes to another
// folder.
const EnvRoot = "ZENML_SANDBOX_STATE"

// DefaultName is the default name of a sandbox.
const DefaultName = "default"

var validName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$`)

// Root returns the folder with one folder per sandbox: override if it is not
// empty, otherwise the user's XDG state folder.
func Root(override string) (string, error) {
	if override != "" {
		return filepath.Abs(override)
	}
	return filepath.Join(xdg.StateHome, "zenml-installer", "sandbox"), nil
}

// Dir is the folder of one sandbox.
type Dir struct {
	// Root contains the folders and locks of all sandboxes.
	Root string
	// Name is the sandbox's name.
	Name string
}

// NewDir returns the folder of the sandbox called name below root. It does not create it.
func NewDir(root, name string) (Dir, error) {
	if !validName.MatchString(name) {
		return Dir{}, fmt.Errorf("sandbox name %q: use up to 32 lower-case letters, digits and hyphens", name)
	}
	return Dir{Root: root, Name: name}, nil
}

// List returns the names of the sandboxes that have a folder below root, sorted.
func List(root string) ([]string, error) {
	entries, err := os.ReadDir(root)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list sandboxes: %w", err)
	}
	var names []string
	for _, entry := range entries {
		if entry.IsDir() && validName.MatchString(entry.Name()) {
			names = append(names, entry.Name())
		}
	}
	sort.Strings(names)
	return names, nil
}

// Path returns the sandbox's folder.
func (d Dir) Path() string { return filepath.Join(d.Root, d.Name) }

// Join returns a path below the sandbox's folder.
func (d Dir) Join(elem ...string) string {
	return filepath.Join(append([]string{d.Path()}, elem...)...)
}

// Record returns the path of sandbox.json.
func (d Dir) Record() string { return d.Join("sandbox.json") }

// Cgroup returns the machine-wide unique name of the pods' control group.
func (d Dir) Cgroup() string {
	sum := sha256.Sum256([]byte(d.Path()))
	return "/zenml-sandbox-" + hex.EncodeToString(sum[:6])
}

// Kubeconfig returns the path of the administrator's kubeconfig.
func (d Dir) Kubeconfig() string { return d.Join("kubeconfig") }

// Registry returns the folder of the registry's blobs.
func (d Dir) Registry() string { return d.Join("registry") }

// Logs returns the folder of the components' logs.
func (d Dir) Logs() string { return d.Join("logs") }

// Log returns the path of a component's log.
func (d Dir) Log(component string) string { return d.Join("logs", component+".log") }

// Create creates the sandbox's folder with access for its owner only.
func (d Dir) Create() error {
	if err := os.MkdirAll(d.Root, 0o700); err != nil {
		return fmt.Errorf("create state folder: %w", err)
	}
	for _, path := range []string{d.Path(), d.Logs()} {
		if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
			return fmt.Errorf("create state folder: %w", err)
		}
	}
	return nil
}

// Exists reports whether the sandbox has a folder.
func (d Dir) Exists() bool {
	info, err := os.Stat(d.Path())
	return err == nil && info.IsDir()
}
