package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// resolveOutput returns the file to write for a path, following links. A file
// that exists but is not regular can neither be compared nor replaced.
func resolveOutput(path string) (target string, regular bool, err error) {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return "", false, usagef("%s is a folder: specify a file with --output", path)
	case err == nil && !info.Mode().IsRegular():
		return path, false, nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return "", false, err
	}
	return resolveLinks(path)
}

// maxLinks limits how many links are followed, as in Linux.
const maxLinks = 40

// resolveLinks follows links, also to a file that does not exist. It does not
// follow a link to an open descriptor (/dev/stdout), because the file behind it
// belongs to the process that opened it.
func resolveLinks(path string) (target string, regular bool, err error) {
	at := path
	for range maxLinks {
		dir, err := filepath.EvalSymlinks(filepath.Dir(at))
		if err != nil {
			return "", false, err
		}
		at = filepath.Join(dir, filepath.Base(at))
		next := linkTarget(at)
		switch {
		case next == "":
			return at, true, nil
		case strings.HasPrefix(dir, "/proc/"):
			return at, false, nil
		case filepath.IsAbs(next):
			at = next
		default:
			at = filepath.Join(dir, next)
		}
	}
	return "", false, fmt.Errorf("%s: too many levels of symbolic links", path)
}

// linkTarget returns the target of a link, or "" if path is not a link.
func linkTarget(path string) string {
	next, err := os.Readlink(path)
	if err != nil {
		return ""
	}
	return next
}
