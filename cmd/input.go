package cmd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/bounded"
)

// readStdin reads standard input, which may be endless or never end.
func (s Streams) readStdin(ctx context.Context, most int64) ([]byte, error) {
	data, err := bounded.Do(ctx, func() ([]byte, error) { return bounded.ReadAll(s.In, most) })
	return data, nameSize("standard input", err)
}

// readInput reads a YAML file that the user named.
func readInput(ctx context.Context, path string) ([]byte, error) {
	data, err := bounded.ReadFile(ctx, path, answers.MaxFile)
	return data, nameSize(path, err)
}

// nameSize adds what is too large, and the remedy.
func nameSize(what string, err error) error {
	var size *bounded.SizeError
	if errors.As(err, &size) {
		return fmt.Errorf("%s is %w: pass a YAML file, and refer to large content by {file: PATH}", what, err)
	}
	return err
}

// secretReader returns how the content of secrets and certificates is read from files.
func secretReader(ctx context.Context) func(string) ([]byte, error) {
	return func(path string) ([]byte, error) {
		data, err := bounded.ReadFile(ctx, path, answers.MaxSecret)
		var size *bounded.SizeError
		if errors.As(err, &size) {
			err = &fs.PathError{Op: "read", Path: path,
				Err: fmt.Errorf("%w, the most that a Kubernetes Secret holds: use a smaller file", err)}
		}
		return data, err
	}
}
