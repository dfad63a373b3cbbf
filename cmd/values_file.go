package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// defaultValuesFile is the default name of the values file.
const defaultValuesFile = "custom-values.yaml"

// writeValues writes a values file with mode 0600. It overwrites a file with
// other content only if overwrite is set, and otherwise returns fs.ErrExist.
// The replacement is atomic. It follows links, and writes to pipes and devices
// directly.
func writeValues(path string, content []byte, overwrite bool) error {
	target, regular, err := resolveOutput(path)
	if err != nil {
		return err
	}
	if !regular {
		return writeThrough(path, content)
	}
	old, err := os.ReadFile(target)
	switch {
	case err == nil && bytes.Equal(old, content):
		return os.Chmod(target, 0o600)
	case err == nil && !overwrite:
		return fmt.Errorf("%s: %w with other content: specify another file with --output, or overwrite it with --force",
			path, fs.ErrExist)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return replaceFile(target, content)
}

// writeThrough writes to a pipe, a device or an open descriptor.
func writeThrough(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}

func replaceFile(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // 0600 from the start
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}
