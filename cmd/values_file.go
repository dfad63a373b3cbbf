package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// DefaultValuesFile is the name of the written values file.
const defaultValuesFile = "custom-values.yaml"

// writeValues writes a values file that only its owner can read. A file that
// is there with other content is only overwritten when that is allowed; the
// error is fs.ErrExist otherwise. Nothing is lost when writing fails: the new
// content takes the place of the old in one step. A link stays, and its target
// is written; a pipe or a device is written into.
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
		return fmt.Errorf("%s: %w with other content: name another file with --output, or overwrite it with --force", path, fs.ErrExist)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return replaceFile(target, content)
}

// pour writes into a pipe, a device or an open descriptor.
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
