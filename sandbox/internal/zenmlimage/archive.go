package zenmlimage

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// builtAt is the time of every file: equal content gives equal digests.
var builtAt = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// addTree adds the folder root to an archive below prefix, owned by root. skip
// excludes files and folders by their path below root.
func addTree(archive *tar.Writer, root, prefix string, skip func(string) bool) error {
	return filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(root, name)
		if err != nil || below == "." {
			return err
		}
		if skip(filepath.ToSlash(below)) {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		return addEntry(archive, name, path.Join(prefix, filepath.ToSlash(below)), entry)
	})
}

func addEntry(archive *tar.Writer, source, name string, entry fs.DirEntry) error {
	info, err := entry.Info()
	if err != nil {
		return err
	}
	target := ""
	if info.Mode()&fs.ModeSymlink != 0 {
		if target, err = os.Readlink(source); err != nil {
			return err
		}
	}
	header, err := tar.FileInfoHeader(info, target)
	if err != nil {
		return err
	}
	if info.IsDir() {
		name += "/"
	}
	header.Name, header.ModTime, header.AccessTime, header.ChangeTime = name, builtAt, time.Time{}, time.Time{}
	header.Uid, header.Gid, header.Uname, header.Gname = 0, 0, "", ""
	if err := archive.WriteHeader(header); err != nil || !info.Mode().IsRegular() {
		return err
	}
	file, err := os.Open(source) //nolint:gosec // a file of the unpacked packages
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	_, err = io.Copy(archive, file)
	return err
}

// addFile adds a file that is not in any package.
func addFile(archive *tar.Writer, name, content string, mode int64) error {
	header := &tar.Header{Name: name, Mode: mode, Size: int64(len(content)), ModTime: builtAt}
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	_, err := io.WriteString(archive, content)
	return err
}

// hashWriter computes the digest and size of what is written.
type hashWriter struct {
	out  io.Writer
	hash hash.Hash
	size int64
}

func newHashWriter(out io.Writer) *hashWriter { return &hashWriter{out: out, hash: sha256.New()} }

// Write implements io.Writer.
func (w *hashWriter) Write(data []byte) (int, error) {
	count, err := w.out.Write(data)
	w.hash.Write(data[:count])
	w.size += int64(count)
	return count, err
}

func (w *hashWriter) sum() v1.Hash {
	return v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(w.hash.Sum(nil))}
}
