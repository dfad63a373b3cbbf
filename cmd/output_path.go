package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// destination says where a file of that name is written: links are followed.
// What is there and is not regular can neither be compared nor replaced.
func resolveOutput(path string) (target string, regular bool, err error) {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return "", false, usagef("%s is a folder: name a file in it with --output", path)
	case err == nil && !info.Mode().IsRegular():
		return path, false, nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return "", false, err
	}
	return resolveLinks(path)
}

// maxLinks is how many links a name may lead through, as in Linux.
const maxLinks = 40

// follow goes from link to link, also to a file that is not there yet. A link
// that stands for an open descriptor (/dev/stdout) is none to follow: the file
// behind it belongs to whoever has opened it.
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
	return "", false, fmt.Errorf("%s: too many links lead on from it", path)
}

// linkTarget is where a link leads; nothing for what is no link, or not there.
func linkTarget(path string) string {
	next, err := os.Readlink(path)
	if err != nil {
		return ""
	}
	return next
}
