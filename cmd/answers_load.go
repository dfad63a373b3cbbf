package cmd

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// load reads the answers file, puts single answers and flags over it, and
// validates the result. Without a file the answers begin empty.
func (f answersFlags) load(s Streams, c common) (answers.File, error) {
	file, err := f.loadPartial(s, c)
	if err != nil {
		return file, err
	}
	if err := usageFaults(file, answers.Validate(file.Answers)); err != nil {
		return file, err
	}
	warnOfPlainSecrets(s, file.Answers)
	return file, nil
}

// warnOfPlainSecrets names the secrets that stand in the file itself.
func warnOfPlainSecrets(s Streams, a answers.Answers) {
	if keys := a.PlainSecrets(); len(keys) > 0 {
		fmt.Fprintf(s.Err, "! %s: plain in the answers; {env: NAME}, {file: PATH} or {secretRef: {name: N, key: K}} keeps a secret out of them.\n", strings.Join(keys, ", "))
	}
}

// begin is load without judging what is still missing or wrong: it will be
// asked.
func (f answersFlags) loadPartial(s Streams, c common) (answers.File, error) {
	file, err := f.read(s)
	if err != nil {
		return file, err
	}
	if err := f.overlay(&file.Answers); err != nil {
		return file, err
	}
	return file, c.overlay(&file.Answers)
}

func (f answersFlags) read(s Streams) (answers.File, error) {
	if f.name == "" {
		return answers.File{Answers: answers.Answers{Version: answers.Version}}, nil
	}
	data, err := f.bytes(s)
	if err != nil {
		return answers.File{}, usage(err)
	}
	file, err := answers.Read(f.name, data)
	if err != nil {
		return file, usage(fmt.Errorf("%s:\n%w", f.name, err))
	}
	return file, resolveChartPath(&file)
}

// chartBeside has a chart on this machine, as its file's secrets are, found
// from the folder of the answers file that names it.
func resolveChartPath(file *answers.File) error {
	ref := file.Chart.Ref
	if ref == "" || file.Name == "-" || strings.Contains(ref, "://") || filepath.IsAbs(ref) {
		return nil
	}
	full, err := filepath.Abs(filepath.Join(file.Dir(), ref))
	file.Chart.Ref = full
	return err
}

func (f answersFlags) bytes(s Streams) ([]byte, error) {
	if f.name == "-" {
		return io.ReadAll(s.In)
	}
	data, err := os.ReadFile(f.name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("answers file %s: there is no such file", f.name)
	}
	return data, err
}

// overlay puts KEY=VALUE answers over the file's.
func (f answersFlags) overlay(a *answers.Answers) error {
	for _, extra := range f.extras {
		key, value, ok := strings.Cut(extra, "=")
		field, known := answers.FieldByKey(key)
		switch {
		case !ok:
			return usagef("--answer %s: write it as KEY=VALUE", key)
		case !known:
			return usagef("--answer %s: there is no such key; %s", key, answers.Nearest(key))
		}
		if err := setAnswer(a, field, value); err != nil {
			return usagef("--answer %s: %w", key, err)
		}
	}
	return nil
}

func setAnswer(a *answers.Answers, field answers.Field, value string) error {
	if field.Kind != answers.Secret && field.Kind != answers.Content {
		return a.Set(field.Key, value)
	}
	source, ok := answers.ParseSource(value)
	if !ok {
		return errors.New("a secret does not belong on a command line: name it as env:NAME, file:PATH or secret:NAME/KEY")
	}
	a.SetSource(field.Key, source)
	return nil
}

// overlay puts the flags over the answers. A context that the file names and
// a different one on the command line is the classic way to the wrong
// cluster: it is refused rather than decided.
func (c common) overlay(a *answers.Answers) error {
	if *c.kube.Context != "" && a.Cluster.Context != "" && *c.kube.Context != a.Cluster.Context {
		return usagef("the answers are for context %q and --context says %q: make them agree", a.Cluster.Context, *c.kube.Context)
	}
	set := func(to *string, flag string) {
		if flag != "" {
			*to = flag
		}
	}
	set(&a.Cluster.Context, *c.kube.Context)
	set(&a.Cluster.Namespace, *c.kube.Namespace)
	set(&a.Cluster.Release, c.release)
	set(&a.Chart.Ref, c.chart)
	set(&a.Chart.Version, c.chartVersion)
	return nil
}

func usageFaults(file answers.File, faults answers.Faults) error {
	if len(faults) == 0 {
		return nil
	}
	located := file.Locate(faults)
	if file.Name == "" {
		return usage(located)
	}
	return usage(fmt.Errorf("%s:\n%w", file.Name, located))
}

// local is this machine, whose relative names of files start at the folder of
// the answers file. The folder is absolute: printed commands are run anywhere.
func (c common) local(s Streams, file answers.File) answers.Local {
	dir := "."
	if file.Name != "" && file.Name != "-" {
		dir = file.Dir()
	}
	if full, err := filepath.Abs(dir); err == nil {
		dir = full
	}
	return answers.Local{Getenv: s.Getenv, ReadFile: os.ReadFile, Dir: dir}
}
