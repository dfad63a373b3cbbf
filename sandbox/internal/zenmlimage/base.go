package zenmlimage

import (
	"archive/tar"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/debian"
)

// basePackages are what the server needs of its system: Python, the C++ library
// that gRPC loads, and the shell and tools for the chart's init container and
// hooks.
var basePackages = []string{
	"base-files", "ca-certificates", "coreutils", "dash", "libstdc++6", "media-types", "python3", "python3-distutils",
	"tzdata",
}

// pipPackage contains pip as a wheel, which Python can run directly. It is not
// part of the image.
const pipPackage = "python3-pip-whl"

// Folders in the base.
const (
	rootFolder   = "root" // the unpacked packages
	certificates = "usr/share/ca-certificates"
	wheels       = "usr/share/python-wheels"
)

// base is the cached folder of the image's lower layer: the unpacked packages
// and their layer.
type base struct{ dir string }

// baseName returns the cache key of the base.
func baseName() string {
	return fmt.Sprintf(
		"python-%s-%s",
		codename(),
		digest(recipe, runtime.GOARCH, pipPackage, strings.Join(basePackages, " ")),
	)
}

// codename returns the release of this machine's distribution.
func codename() string {
	data, _ := os.ReadFile("/etc/os-release")
	for line := range strings.Lines(string(data)) {
		if name, found := strings.CutPrefix(line, "VERSION_CODENAME="); found {
			return strings.Trim(strings.TrimSpace(name), `"`)
		}
	}
	return "unknown"
}

// ensureBase builds the base unless it is cached.
func (b *builder) ensureBase(ctx context.Context) error {
	dir, err := b.cache.Ensure(ctx, baseName(), b.say, func(dir string) error {
		b.say("downloading Python and its libraries as Debian packages")
		root := filepath.Join(dir, rootFolder)
		if err := debian.Unpack(ctx, root, debian.Own, append([]string{pipPackage}, basePackages...)...); err != nil {
			return err
		}
		made := base{dir: dir}
		if err := made.compile(ctx); err != nil {
			return err
		}
		return writeLayer(dir, made.fill)
	})
	b.base = base{dir: dir}
	return err
}

func (b base) root() string { return filepath.Join(b.dir, rootFolder) }

// compile byte-compiles the standard library, as the package's installation
// would.
func (b base) compile(ctx context.Context) error {
	python, err := b.python()
	if err != nil {
		return err
	}
	folders, _ := filepath.Glob(filepath.Join(b.root(), "usr/lib/python3*"))
	for _, folder := range folders {
		if err := python.compile(ctx, folder, strings.TrimPrefix(folder, b.root())); err != nil {
			return err
		}
	}
	return nil
}

// fill writes the packages without their documentation, the user, and the CA
// bundle that the packages' installation would have created.
func (b base) fill(archive *tar.Writer) error {
	if err := addTree(archive, b.root(), "", skipInBase); err != nil {
		return err
	}
	bundle, err := b.certificates()
	if err != nil {
		return err
	}
	for _, file := range []struct{ name, content string }{
		{"etc/group", fmt.Sprintf("root:x:0:\nzenml:x:%d:\n", user)},
		{"etc/passwd", fmt.Sprintf("root:x:0:0:root:/root:/bin/sh\nzenml:x:%d:%d::%s:/bin/sh\n", user, user, home)},
		{"etc/ssl/certs/ca-certificates.crt", bundle},
	} {
		if err := addFile(archive, file.name, file.content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func skipInBase(name string) bool {
	switch name {
	case "usr/share/doc",
		"usr/share/man",
		"usr/share/locale",
		"usr/share/info",
		"usr/share/lintian",
		wheels,
		"dev",
		"proc",
		"sys":
		return true
	}
	return strings.HasSuffix(name, "/__pycache__/tests")
}

func (b base) certificates() (string, error) {
	files, err := filepath.Glob(filepath.Join(b.root(), certificates, "*/*.crt"))
	if err != nil || len(files) == 0 {
		return "", fmt.Errorf("the package ca-certificates has no certificates (%w)", err)
	}
	var bundle strings.Builder
	for _, file := range files {
		data, err := os.ReadFile(file) //nolint:gosec // a file of the unpacked packages
		if err != nil {
			return "", err
		}
		bundle.Write(data)
	}
	return bundle.String(), nil
}
