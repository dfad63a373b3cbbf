package cmd

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

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
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a folder: specify a file", path)
	}
	data, err := bounded.ReadFile(ctx, path, answers.MaxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("file %s not found", path)
	}
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

// secretFiles reads the content of secrets and certificates from files. Nothing may ever
// be written to a named pipe, so reading ends with the context of within.
type secretFiles struct {
	within func() (context.Context, context.CancelFunc)
}

func newSecretFiles(ctx context.Context) *secretFiles {
	f := &secretFiles{}
	f.endWith(ctx)
	return f
}

// endWith makes reading end with ctx.
func (f *secretFiles) endWith(ctx context.Context) {
	f.within = func() (context.Context, context.CancelFunc) { return context.WithCancel(ctx) }
}

func (f *secretFiles) read(path string) ([]byte, error) {
	ctx, cancel := f.within()
	defer cancel()
	data, err := bounded.ReadFile(ctx, path, answers.MaxSecret)
	var size *bounded.SizeError
	switch {
	case errors.As(err, &size):
		err = &fs.PathError{Op: "read", Path: path,
			Err: fmt.Errorf("%w, the most that a Kubernetes Secret holds: use a smaller file", err)}
	case err != nil && ctx.Err() != nil:
		err = &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("nothing was written to it: %w", err)}
	}
	return data, err
}

// confirm asks a yes-or-no question on the terminal; anything but yes means no, also the
// end of ctx.
func confirm(ctx context.Context, s Streams, question string) bool {
	fmt.Fprintf(s.Err, "%s [y/N] ", question)
	line, err := bounded.Do(ctx, func() (string, error) { return bufio.NewReader(byByte{s.In}).ReadString('\n') })
	if err != nil {
		fmt.Fprintln(s.Err)
	}
	answer := strings.ToLower(strings.TrimSpace(line))
	return answer == "y" || answer == "yes"
}

// byByte reads one byte at a time, so that a line is read without what follows it, which
// the next question reads.
type byByte struct{ io.Reader }

// Read reads at most one byte.
func (r byByte) Read(p []byte) (int, error) { return r.Reader.Read(p[:min(len(p), 1)]) }

// isLocalChart reports whether ref is a folder or an archive on this machine.
func isLocalChart(ref string) bool {
	if strings.Contains(ref, "://") {
		return false
	}
	_, err := os.Stat(ref)
	return err == nil
}
