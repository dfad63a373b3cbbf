package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// load reads the answers file, applies single answers and flags, and validates
// the result. Without a file it starts with empty answers.
func (f answersFlags) load(ctx context.Context, s Streams, c common) (answers.File, error) {
	file, err := f.loadPartial(ctx, s, c)
	if err != nil {
		return file, err
	}
	if err := f.usageFaults(file, c.nameFlags(answers.Validate(file.Answers))); err != nil {
		return file, err
	}
	warnOfPlainSecrets(s, file.Answers)
	return file, nil
}

// warnOfPlainSecrets warns about secrets that the file contains in plain text.
func warnOfPlainSecrets(s Streams, a answers.Answers) {
	if keys := a.PlainSecrets(); len(keys) > 0 {
		fmt.Fprintf(s.Err, "! %s: plain text in the answers; use {env: NAME}, {file: PATH} or {secretRef: {name: "+
			"N, key: K}} instead\n", strings.Join(keys, ", "))
	}
}

// loadPartial is load without validation, because the guided install asks for
// what is missing.
func (f answersFlags) loadPartial(ctx context.Context, s Streams, c common) (answers.File, error) {
	if err := c.bundle.open(ctx, s, c); err != nil {
		return answers.File{}, err
	}
	f.name = cmp.Or(f.name, c.bundle.answersFile())
	file, err := f.read(ctx, s)
	if err != nil {
		return file, err
	}
	if err := f.overlay(&file.Answers); err != nil {
		return file, err
	}
	if err := c.overlay(&file.Answers); err != nil {
		return file, err
	}
	return file, c.bundle.apply(&file.Answers)
}

func (f answersFlags) read(ctx context.Context, s Streams) (answers.File, error) {
	if f.name == "" {
		return answers.File{Answers: answers.Answers{Version: answers.Version}}, nil
	}
	data, err := f.bytes(ctx, s)
	if ctx.Err() != nil {
		return answers.File{}, err
	}
	if err != nil {
		return answers.File{}, usage(err)
	}
	file, err := answers.Read(f.name, data)
	if err != nil {
		return file, usage(fmt.Errorf("%s:\n%w", shownName(f.name), err))
	}
	return file, resolveChartPaths(&file)
}

// resolveChartPaths makes the paths of local charts relative to the answers
// file, like the paths of its secrets.
func resolveChartPaths(file *answers.File) (err error) {
	if file.Chart.Ref, err = resolveChartPath(*file, file.Chart.Ref); err != nil {
		return err
	}
	for name, ref := range file.Prerequisites.Charts {
		if file.Prerequisites.Charts[name], err = resolveChartPath(*file, ref); err != nil {
			return err
		}
	}
	return nil
}

func resolveChartPath(file answers.File, ref string) (string, error) {
	if ref == "" || file.Name == "-" || strings.Contains(ref, "://") || filepath.IsAbs(ref) {
		return ref, nil
	}
	return filepath.Abs(filepath.Join(file.Dir(), ref))
}

func (f answersFlags) bytes(ctx context.Context, s Streams) ([]byte, error) {
	if f.name == "-" {
		return s.readStdin(ctx, answers.MaxFile)
	}
	return readInput(ctx, f.name)
}

// overlay applies KEY=VALUE answers.
func (f answersFlags) overlay(a *answers.Answers) error {
	for _, extra := range f.extras {
		key, value, ok := strings.Cut(extra, "=")
		field, known := answers.FieldByKey(key)
		switch {
		case !ok:
			return usagef("--answer %s: use the form KEY=VALUE", key)
		case !known:
			return usagef("--answer %s: unknown key; %s", key, answers.Nearest(key))
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
		return errors.New("secrets are not allowed on the command line: use env:NAME, file:PATH or secret:NAME/KEY")
	}
	a.SetSource(field.Key, source)
	return nil
}

// overlay applies the flags. Different contexts in the file and on the command
// line are an error, because guessing may change the wrong cluster.
func (c common) overlay(a *answers.Answers) error {
	if *c.kube.Context != "" && a.Cluster.Context != "" && *c.kube.Context != a.Cluster.Context {
		return usagef("cluster.context is %q but --context is %q: use the same context, or remove one of them",
			a.Cluster.Context, *c.kube.Context)
	}
	a.Cluster.Context = cmp.Or(*c.kube.Context, a.Cluster.Context)
	a.Cluster.Namespace = cmp.Or(*c.kube.Namespace, a.Cluster.Namespace)
	a.Cluster.Release = cmp.Or(c.release, a.Cluster.Release)
	a.Chart.Ref = cmp.Or(c.chart, a.Chart.Ref)
	a.Chart.Version = cmp.Or(c.chartVersion, a.Chart.Version)
	return nil
}

// usageFaults reports where each fault comes from: from --answer, or from a line of the
// file.
func (f answersFlags) usageFaults(file answers.File, faults answers.Faults) error {
	var inFile, byFlag answers.Faults
	for _, fault := range faults {
		if f.sets(fault.Key) {
			fault.Key = "--answer " + fault.Key
		}
		if strings.HasPrefix(fault.Key, "--") {
			byFlag = append(byFlag, fault)
			continue
		}
		inFile = append(inFile, fault)
	}
	var problems []error
	if len(byFlag) > 0 {
		problems = append(problems, byFlag)
	}
	if len(inFile) > 0 {
		problems = append(problems, nameFile(file, inFile))
	}
	if err := errors.Join(problems...); err != nil {
		return usage(err)
	}
	return nil
}

// sets reports whether a flag sets the answer.
func (f answersFlags) sets(key string) bool {
	return slices.ContainsFunc(f.extras, func(extra string) bool { return strings.HasPrefix(extra, key+"=") })
}

// nameFile adds the file and its lines to faults.
func nameFile(file answers.File, faults answers.Faults) error {
	located := file.Locate(faults)
	if file.Name == "" {
		return located
	}
	return fmt.Errorf("%s:\n%w", shownName(file.Name), located)
}

// shownName is the name of an answers file in messages.
func shownName(name string) string {
	if name == "-" {
		return "standard input"
	}
	return name
}

// local gives access to this machine. Relative paths start at the folder of the
// answers file, made absolute because printed commands may be run anywhere.
func (c common) local(s Streams, file answers.File) answers.Local {
	dir := "."
	if file.Name != "" && file.Name != "-" {
		dir = file.Dir()
	}
	if full, err := filepath.Abs(dir); err == nil {
		dir = full
	}
	return answers.Local{Getenv: s.Getenv, ReadFile: s.ReadFile, Dir: dir}
}
