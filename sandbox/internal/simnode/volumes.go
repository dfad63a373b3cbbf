package simnode

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// mounts creates folders for a container's volumes, because there is no
// container to mount them into.
type mounts struct {
	objects objects
	// pod contains the folders that are removed with the pod, claims those that
	// outlive it.
	pod, claims string
	paths       map[string]string // mount path → folder
}

// layOut fills the folders of all volumes that the container mounts. Volumes of
// kinds that the stand-in server does not use are empty.
func (m *mounts) layOut(pod *corev1.Pod, container corev1.Container) error {
	m.paths = map[string]string{}
	for _, mount := range container.VolumeMounts {
		for _, volume := range pod.Spec.Volumes {
			if volume.Name != mount.Name {
				continue
			}
			folder, err := m.folder(pod, volume)
			if err != nil {
				return err
			}
			m.paths[mount.MountPath] = filepath.Join(folder, mount.SubPath)
		}
	}
	return nil
}

func (m *mounts) folder(pod *corev1.Pod, volume corev1.Volume) (string, error) {
	folder := filepath.Join(m.pod, "volumes", volume.Name)
	if claim := volume.PersistentVolumeClaim; claim != nil {
		folder = filepath.Join(m.claims, pod.Namespace, claim.ClaimName)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("lay out volume %s: %w", volume.Name, err)
	}
	switch {
	case volume.Secret != nil:
		return folder, m.secret(folder, volume.Secret.SecretName, volume.Secret.Items, volume.Secret.Optional)
	case volume.ConfigMap != nil:
		return folder, m.configMap(folder, volume.ConfigMap.Name, volume.ConfigMap.Items, volume.ConfigMap.Optional)
	case volume.Projected != nil:
		return folder, m.projected(folder, volume.Projected)
	}
	return folder, nil
}

func (m *mounts) projected(folder string, projected *corev1.ProjectedVolumeSource) error {
	for _, source := range projected.Sources {
		var err error
		switch {
		case source.Secret != nil:
			err = m.secret(folder, source.Secret.Name, source.Secret.Items, source.Secret.Optional)
		case source.ConfigMap != nil:
			err = m.configMap(folder, source.ConfigMap.Name, source.ConfigMap.Items, source.ConfigMap.Optional)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *mounts) secret(folder, name string, items []corev1.KeyToPath, optional *bool) error {
	values, err := m.objects.secret(name, optional)
	if err != nil {
		return err
	}
	return write(folder, "Secret "+name, values, items, optional)
}

func (m *mounts) configMap(folder, name string, items []corev1.KeyToPath, optional *bool) error {
	values, err := m.objects.configMap(name, optional)
	if err != nil {
		return err
	}
	return write(folder, "ConfigMap "+name, values, items, optional)
}

// write stores all values, or those in items, as files.
func write(folder, object string, values map[string]string, items []corev1.KeyToPath, optional *bool) error {
	files := map[string]string{}
	for key, value := range values {
		if len(items) == 0 {
			files[key] = value
		}
	}
	for _, item := range items {
		value, found := values[item.Key]
		if !found && (optional == nil || !*optional) {
			return fmt.Errorf("references non-existent key %s in %s", item.Key, object)
		}
		if found {
			files[item.Path] = value
		}
	}
	for name, value := range files {
		path := filepath.Join(folder, filepath.Clean("/"+name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return fmt.Errorf("lay out %s: %w", object, err)
		}
		if err := os.WriteFile(path, []byte(value), 0o600); err != nil {
			return fmt.Errorf("lay out %s: %w", object, err)
		}
	}
	return nil
}

// translate replaces mount paths at the start of values, or after the scheme of
// a SQLite URL, by the volumes' folders.
func (m *mounts) translate(env map[string]string) {
	var paths []string
	for path := range m.paths {
		paths = append(paths, path)
	}
	sort.Slice(paths, func(i, j int) bool { return len(paths[i]) > len(paths[j]) })
	for name, value := range env {
		scheme, rest := "", value
		if after, found := strings.CutPrefix(value, "sqlite:///"); found {
			scheme, rest = "sqlite:///", after
		}
		for _, path := range paths {
			if rest == path || strings.HasPrefix(rest, strings.TrimSuffix(path, "/")+"/") {
				env[name] = scheme + m.paths[path] + strings.TrimPrefix(rest, strings.TrimSuffix(path, "/"))
				break
			}
		}
	}
}
