// Package debian unpacks Debian packages and their dependencies into a folder.
// It installs nothing on this machine, and does not change its package lists
// and package cache.
package debian

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Suites of packages.
const (
	// Own is the distribution that this machine runs.
	Own = ""
	// Unstable is Debian's development suite.
	Unstable = "unstable"
)

const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"

// Missing returns the programs that unpacking needs and this machine lacks.
func Missing() []string {
	var missing []string
	for _, name := range []string{"apt-get", "dpkg-deb", "tar"} {
		if _, err := exec.LookPath(name); err != nil {
			missing = append(missing, name+" is missing (Debian and Ubuntu have it)")
		}
	}
	return missing
}

// Unpack downloads packages of a suite and extracts them into a new folder
// root.
func Unpack(ctx context.Context, root, suite string, packages ...string) error {
	work, err := os.MkdirTemp(filepath.Dir(root), "apt-")
	if err != nil {
		return fmt.Errorf("download Debian packages: %w", err)
	}
	defer func() { _ = os.RemoveAll(work) }()
	a := apt{dir: work}
	if err := a.prepare(ctx, suite); err != nil {
		return err
	}
	files, err := a.download(ctx, packages)
	if err != nil {
		return err
	}
	if err := layOut(root); err != nil {
		return err
	}
	for _, file := range files {
		if err := extract(ctx, file, root); err != nil {
			return err
		}
	}
	return nil
}

// apt runs apt-get with separate package lists and a separate cache.
type apt struct{ dir string }

func (a apt) prepare(ctx context.Context, suite string) error {
	for _, folder := range []string{"lists/partial", "archives/partial"} {
		if err := os.MkdirAll(filepath.Join(a.dir, folder), 0o700); err != nil {
			return fmt.Errorf("download Debian packages: %w", err)
		}
	}
	// An empty status file: no package counts as installed, so apt downloads every dependency.
	if err := os.WriteFile(a.path("status"), nil, 0o600); err != nil {
		return fmt.Errorf("download Debian packages: %w", err)
	}
	if suite == Own {
		_ = a.run(ctx, "update") // a broken third-party source does not matter, and a missing package fails below
		return nil
	}
	source, err := sourceOf(ctx, suite)
	if err != nil {
		return err
	}
	if err := os.WriteFile(a.path("sources.list"), []byte(source), 0o600); err != nil {
		return fmt.Errorf("download Debian packages: %w", err)
	}
	return a.run(ctx, "update")
}

func (a apt) path(name string) string { return filepath.Join(a.dir, name) }

// options configure apt's folders, and short timeouts for mirrors that do not
// respond.
func (a apt) options() []string {
	options := []string{
		"Dir::State::Lists=" + a.path("lists"), "Dir::State::status=" + a.path("status"), "Dir::Cache=" + a.dir,
		"Acquire::Languages=none", "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false",
		"APT::Install-Recommends=false", "APT::Sandbox::User=root",
		"Acquire::http::Timeout=20", "Acquire::https::Timeout=20", "Acquire::Retries=1",
	}
	if _, err := os.Stat(a.path("sources.list")); err == nil {
		options = append(options, "Dir::Etc::SourceList="+a.path("sources.list"), "Dir::Etc::SourceParts=-")
	}
	return options
}

func (a apt) run(ctx context.Context, args ...string) error {
	command := []string{"-q"}
	for _, option := range a.options() {
		command = append(command, "-o", option)
	}
	_, err := output(ctx, "apt-get", append(command, args...)...)
	return err
}

// download returns the package files of packages and all their dependencies.
func (a apt) download(ctx context.Context, packages []string) ([]string, error) {
	if err := a.run(ctx, append([]string{"install", "--download-only", "--yes"}, packages...)...); err != nil {
		return nil, err
	}
	files, err := filepath.Glob(a.path("archives/*.deb"))
	if err == nil && len(files) == 0 {
		err = errors.New("apt-get downloaded no packages")
	}
	return files, err
}

// sourceOf returns the sources.list of a suite on this machine's Debian mirror.
func sourceOf(ctx context.Context, suite string) (string, error) {
	out, err := output(ctx, "apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages")
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(out) {
		uri := strings.TrimSuffix(strings.TrimSpace(line), "/")
		if !strings.HasSuffix(uri, "/debian") {
			continue
		}
		signed := ""
		if _, err := os.Stat(keyring); err == nil {
			signed = "[signed-by=" + keyring + "] "
		}
		return "deb " + signed + uri + " " + suite + " main\n", nil
	}
	return "", errors.New("this machine's package sources name no Debian mirror")
}

// layOut creates the folders of a system whose /bin, /sbin and /lib are links
// into /usr.
func layOut(root string) error {
	for _, name := range []string{"bin", "sbin", "lib", "lib64"} {
		if err := os.MkdirAll(filepath.Join(root, "usr", name), 0o755); err != nil { //nolint:gosec // a system's folder
			return fmt.Errorf("unpack Debian packages: %w", err)
		}
		if err := os.Symlink(filepath.Join("usr", name), filepath.Join(root, name)); err != nil {
			return fmt.Errorf("unpack Debian packages: %w", err)
		}
	}
	return nil
}

// extract unpacks one package. dpkg-deb alone would replace the links that
// layOut created.
func extract(ctx context.Context, file, root string) error {
	read := exec.CommandContext(ctx, "dpkg-deb", "--fsys-tarfile", file)                   //nolint:gosec // a package that apt verified
	write := exec.CommandContext(ctx, "tar", "-x", "-C", root, "--keep-directory-symlink") //nolint:gosec // our own folder
	var said bytes.Buffer
	read.Stderr, write.Stdout, write.Stderr = &said, &said, &said
	pipe, err := read.StdoutPipe()
	if err != nil {
		return fmt.Errorf("unpack %s: %w", filepath.Base(file), err)
	}
	write.Stdin = pipe
	if err := read.Start(); err != nil {
		return fmt.Errorf("unpack %s: %w", filepath.Base(file), err)
	}
	if err := errors.Join(write.Run(), read.Wait()); err != nil {
		return fmt.Errorf("unpack %s: %w: %s", filepath.Base(file), err, said.String())
	}
	return nil
}

// output runs a program and returns its standard output. An error includes the
// last lines of its stderr.
func output(ctx context.Context, name string, args ...string) (string, error) {
	command := exec.CommandContext(ctx, name, args...) //nolint:gosec // programs of the system
	var out, said bytes.Buffer
	command.Stdout, command.Stderr = &out, &said
	command.Env = append(os.Environ(), "LC_ALL=C", "DEBIAN_FRONTEND=noninteractive")
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("%s failed: %w: %s", name, err, lastLines(said.String(), 3))
	}
	return out.String(), nil
}

func lastLines(text string, count int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-count):], "; ")
}
