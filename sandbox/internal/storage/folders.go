package storage

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
)

// Folders creates the folders of volumes.
type Folders struct {
	// Dir contains one folder per volume. It is empty for simulated nodes,
	// which need no folders.
	Dir string
	// Node is the node that the folders are on; empty for simulated nodes.
	Node string
}

// Create creates a volume's folder, writable by every user, so that a pod without fsGroup can write to it.
func (f Folders) Create(name string) (corev1.PersistentVolumeSource, error) {
	if f.Dir == "" {
		path := &corev1.HostPathVolumeSource{Path: "/simulated/" + name}
		return corev1.PersistentVolumeSource{HostPath: path}, nil
	}
	path := filepath.Join(f.Dir, name)
	if err := os.MkdirAll(path, 0o700); err != nil {
		return corev1.PersistentVolumeSource{}, fmt.Errorf("create folder of volume %s: %w", name, err)
	}
	if err := os.Chmod(path, 0o777); err != nil { //nolint:gosec // see above
		return corev1.PersistentVolumeSource{}, fmt.Errorf("open folder of volume %s: %w", name, err)
	}
	return corev1.PersistentVolumeSource{Local: &corev1.LocalVolumeSource{Path: path}}, nil
}

// Remove deletes a volume's folder and its content.
func (f Folders) Remove(name string) error {
	if f.Dir == "" {
		return nil
	}
	if err := os.RemoveAll(filepath.Join(f.Dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove folder of volume %s: %w", name, err)
	}
	return nil
}
