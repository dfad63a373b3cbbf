package cmd

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"
	"sigs.k8s.io/yaml"

	"github.com/zenml-installer/zenml-installer/internal/bounded"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// defaultValuesFile is the default name of the values file.
const defaultValuesFile = "custom-values.yaml"

// writeValues writes a values file that only its owner can read. It overwrites
// a file with other content only if allowed, and otherwise returns fs.ErrExist.
// The replacement is atomic. It writes through links, and into pipes and
// devices.
func writeValues(ctx context.Context, path string, content []byte, overwrite bool) error {
	target, regular, err := resolveOutput(path)
	if err != nil {
		return err
	}
	if !regular {
		return writeThrough(ctx, path, content)
	}
	old, err := bounded.ReadFile(ctx, target, int64(len(content)))
	var longer *bounded.SizeError
	if errors.As(err, &longer) {
		err = nil // and old is not the content
	}
	switch {
	case err == nil && bytes.Equal(old, content):
		return os.Chmod(target, 0o600)
	case err == nil && !overwrite:
		return existsError(path)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return replaceFile(target, content)
}

// blocks reports whether writeValues would refuse to replace the file at path.
func blocks(path string, content []byte) (bool, error) {
	target, regular, err := resolveOutput(path)
	if err != nil || !regular {
		return false, err
	}
	old, err := os.ReadFile(target)
	return err == nil && !bytes.Equal(old, content), nil
}

// existsError means that a file has other content and must not be overwritten.
func existsError(path string) error {
	return fmt.Errorf("%s: %w with other content: specify another file with --output, or overwrite it with --force",
		path, fs.ErrExist)
}

// writeThrough writes into a pipe, a device or an open descriptor. It returns when ctx
// ends, even while a named pipe has no reader.
func writeThrough(ctx context.Context, path string, content []byte) error {
	_, err := bounded.Do(ctx, func() (struct{}, error) {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
		if err != nil {
			return struct{}{}, err
		}
		_, err = f.Write(content)
		return struct{}{}, errors.Join(err, f.Close())
	})
	return err
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

// fileChanges lists what a new document changes in the values of the file that it replaces.
func fileChanges(old []byte, document values.Document) []string {
	var before map[string]any
	if err := yaml.Unmarshal(old, &before); err != nil {
		return []string{"everything: the file is not YAML"}
	}
	var lines []string
	for _, change := range document.Difference(before) {
		lines = append(lines, change.String())
	}
	if len(lines) == 0 {
		return []string{"only comments and layout"}
	}
	return lines
}

// maxChanges limits how many changes an error lists.
const maxChanges = 15

// editedError refuses to replace a values file that the installer did not write, or that
// was edited since, and lists what would change in it.
func editedError(ctx context.Context, path string, document values.Document) error {
	err := existsError(path)
	old, failed := bounded.ReadFile(ctx, path, maxOutput)
	if failed != nil {
		return err
	}
	lines := fileChanges(old, document)
	if more := len(lines) - maxChanges; more > 0 {
		lines = append(lines[:maxChanges], fmt.Sprintf("and %d more", more))
	}
	return fmt.Errorf("%w\nOverwriting it would change:\n  %s", err, strings.Join(lines, "\n  "))
}

// ownValues remembers the values file that was written for a release, so that a file that
// nobody has edited since can be replaced without asking.
type ownValues struct {
	path    string // of the values file
	release string // and its namespace
}

func (u *setup) ownValues(path string) ownValues {
	at := u.journalTarget()
	return ownValues{path, at.Context + "/" + at.Namespace + "/" + at.Release}
}

// record returns the file that contains the hash of the values file.
func (o ownValues) record() (string, error) {
	path, err := filepath.Abs(o.path)
	if err != nil {
		return "", err
	}
	name := fmt.Sprintf("%x", sha256.Sum256([]byte(path+"\n"+o.release)))
	return filepath.Join(xdg.StateHome, "zenml-installer", "values", name), nil
}

// has reports whether the content of the file is what was written last.
func (o ownValues) has(content []byte) bool {
	record, err := o.record()
	if err != nil {
		return false
	}
	known, err := os.ReadFile(record)
	return err == nil && string(known) == hashOf(content)
}

// isUnedited reports whether the file is what was written last.
func (o ownValues) isUnedited(ctx context.Context) bool {
	if _, regular, err := resolveOutput(o.path); err != nil || !regular {
		return false
	}
	content, err := bounded.ReadFile(ctx, o.path, maxOutput)
	return err == nil && o.has(content)
}

// remember records what was written. Without the record the next install asks.
func (o ownValues) remember(content []byte) {
	record, err := o.record()
	if err != nil || os.MkdirAll(filepath.Dir(record), 0o700) != nil {
		return
	}
	_ = replaceFile(record, []byte(hashOf(content)))
}

func hashOf(content []byte) string { return fmt.Sprintf("%x", sha256.Sum256(content)) }
