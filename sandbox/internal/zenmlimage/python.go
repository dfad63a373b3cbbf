package zenmlimage

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// python runs the base's Python on this machine, with its own loader and
// libraries, so that packages are installed for exactly that version.
type python struct{ loader, libraries, program, home, pip string }

func (b base) python() (python, error) {
	found := map[string]string{}
	for name, pattern := range map[string]string{
		"the dynamic loader": "usr/lib/*/ld-linux*.so.*", "Python": "usr/bin/python3.[0-9]*", "pip": wheels + "/pip-*.whl",
	} {
		matches, _ := filepath.Glob(filepath.Join(b.root(), pattern))
		if len(matches) == 0 {
			return python{}, fmt.Errorf("%s is missing in the unpacked Debian packages", name)
		}
		found[name] = matches[0]
	}
	loader := found["the dynamic loader"]
	return python{
		loader: loader, libraries: filepath.Dir(loader), program: found["Python"],
		home: filepath.Join(b.root(), "usr"), pip: found["pip"],
	}, nil
}

// version returns the minor version in the names of Python's folders, "3.11".
func (p python) version() string { return strings.TrimPrefix(filepath.Base(p.program), "python") }

// run runs Python and passes each line of its output to said.
func (p python) run(ctx context.Context, said func(string), args ...string) error {
	args = append([]string{"--library-path", p.libraries, p.program}, args...)
	command := exec.CommandContext(ctx, p.loader, args...) //nolint:gosec // the unpacked Python
	command.Env = append(slices.DeleteFunc(os.Environ(), isPythonSetting), "PYTHONHOME="+p.home, "LC_ALL=C.UTF-8")
	read, write := io.Pipe()
	command.Stdout, command.Stderr = write, write
	var last []string
	done := make(chan struct{})
	go func() {
		defer close(done)
		for lines := bufio.NewScanner(read); lines.Scan(); {
			said(lines.Text())
			last = append(last[max(0, len(last)-4):], lines.Text())
		}
	}()
	err := command.Run()
	_ = write.Close()
	<-done
	if ctx.Err() != nil {
		return fmt.Errorf("interrupted: %w", context.Cause(ctx))
	}
	if err != nil {
		return errors.New(strings.Join(append(last, err.Error()), "; "))
	}
	return nil
}

// isPythonSetting reports whether a variable belongs to a virtual environment
// that this process may run in.
func isPythonSetting(variable string) bool {
	return strings.HasPrefix(variable, "PYTHON") || strings.HasPrefix(variable, "VIRTUAL_ENV=")
}

// compile byte-compiles folder, which will be installed as target. The result
// does not depend on the files' times, which an image does not preserve.
func (p python) compile(ctx context.Context, folder, target string) error {
	err := p.run(
		ctx,
		func(string) {},
		"-m",
		"compileall",
		"-q",
		"-j",
		"2",
		"--invalidation-mode",
		"unchecked-hash",
		"-s",
		folder,
		"-p",
		target,
		folder,
	)
	if ctx.Err() != nil {
		return err
	}
	return nil // files of another Python version fail, and are compiled on import
}

// install installs requirements from the package index into folder.
func (p python) install(ctx context.Context, said func(string), folder string, requirements ...string) error {
	args := append([]string{
		filepath.Join(p.pip, "pip"), "install", "--target", folder, "--only-binary", ":all:", "--no-compile", "--no-input",
		"--disable-pip-version-check", "--no-warn-script-location", "--root-user-action=ignore",
		"--retries", "2", "--timeout", "30", "--progress-bar", "off",
	}, requirements...)
	if err := p.run(ctx, said, args...); err != nil {
		return fmt.Errorf("cannot install %s from PyPI: %w", strings.Join(requirements, " "), err)
	}
	return nil
}
