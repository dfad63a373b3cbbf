package account

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/bounded"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// File keeps the key in a file that only its owner can read.
type File struct{ Path string }

// maxKey is the most that is read from a file, in bytes. A key has some hundred.
const maxKey = 16 << 10

// keyPrefix starts every API key of the server.
const keyPrefix = "ZENKEY_"

// String describes the file.
func (f File) String() string { return "file " + f.Path }

// KeyName implements Keeper.
func (f File) KeyName() string { return "file-" + filepath.Base(f.Path) }

// Read returns the key, and takes the file from everybody but its owner. It fails if
// the file has other content or its folder does not exist.
func (f File) Read(ctx context.Context) (secret.Text, error) {
	data, err := bounded.ReadFile(ctx, f.Path, maxKey)
	if errors.Is(err, fs.ErrNotExist) {
		_, err = os.Stat(filepath.Dir(f.Path))
		return secret.Text{}, err
	}
	if err != nil {
		return secret.Text{}, err
	}
	text := strings.TrimSpace(string(data))
	if text != "" && !strings.HasPrefix(text, keyPrefix) {
		return secret.Text{}, fmt.Errorf("%s exists and has no API key in it: set admin.serviceAccount.file to "+
			"another file", f.Path)
	}
	return secret.New(text), os.Chmod(f.Path, 0o600)
}

// Write replaces the file.
func (f File) Write(_ context.Context, key secret.Text) error {
	temporary, err := os.CreateTemp(filepath.Dir(f.Path), "."+filepath.Base(f.Path)+".*") // 0600 from the start
	if err != nil {
		return err
	}
	_, err = temporary.WriteString(key.Reveal() + "\n")
	if closing := temporary.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(temporary.Name(), f.Path)
	}
	if err != nil {
		_ = os.Remove(temporary.Name())
	}
	return err
}
