package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/zenml-installer/zenml-installer/render/chart"
	"github.com/zenml-installer/zenml-installer/render/format"
)

type generateOptions struct {
	streams Streams
	common  common
	file    answersFlags
	output  string
	force   bool
	format  string
}

func newGenerate(s Streams, c *common, run func(context.Context, *generateOptions) error) *cobra.Command {
	o := &generateOptions{streams: s}
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Write custom-values.yaml from the answers; install nothing",
		Long: `Write the chart's values file from the answers.

No cluster is asked. The chart is pulled to learn its layout; from a folder or
an archive nothing is asked of the network at all. What the values do is proved
on the rendered chart before the file is written.`,
		Example: `  zenml-installer generate -f answers.yaml
  zenml-installer generate -f answers.yaml --chart ./zenml-0.98.1.tgz --output -`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.common = *c
			return run(cmd.Context(), o)
		},
	}
	o.file.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&o.format, "format", string(format.Values), "what to write: "+strings.Join(formatNames(), ", "))
	flags.StringVar(&o.output, "output", "", "the file to write, or the folder for manifests (default: the format's usual name; - writes to standard output)")
	flags.BoolVar(&o.force, "force", false, "overwrite files")
	return cmd
}

func formatNames() []string {
	var names []string
	for _, f := range format.All {
		names = append(names, string(f))
	}
	return names
}

func runGenerate(ctx context.Context, o *generateOptions) error {
	if !slices.Contains(formatNames(), o.format) {
		return usagef("--format %s: it is one of %s", o.format, strings.Join(formatNames(), ", "))
	}
	if o.file.name == "" && len(o.file.extras) == 0 {
		return usagef("there are no answers: give them with -f answers.yaml or --answer KEY=VALUE")
	}
	file, err := o.file.load(o.streams, o.common)
	if err != nil {
		return err
	}
	unit := newSetup(o.streams, o.common, file, chart.Load)
	if unit.existingKeys, err = o.readExistingKeys(unit.answers); err != nil {
		return err
	}
	p, err := unit.prepareOffline(ctx)
	if err != nil {
		return unit.locateChartError(err)
	}
	if err := p.faults.Err(); err != nil {
		return usage(err)
	}
	files, err := p.files(unit, format.Format(o.format))
	if err != nil {
		return err
	}
	if o.output == "-" {
		return o.print(unit, p, files)
	}
	if err := checkKeysKept(unit.existingKeys, files); err != nil {
		return err
	}
	if err := o.write(files); err != nil {
		return err
	}
	o.printNewKeys(unit, p, files)
	o.explain(unit, p)
	return nil
}

// files writes what was prepared in a format.
func (p *prepared) files(u *setup, to format.Format) ([]format.File, error) {
	var r format.Rendered
	if to == format.Manifests {
		secrets, err := p.secrets(u)
		if err != nil {
			return nil, err
		}
		r = format.Rendered{Objects: p.objects, Secrets: secrets}
	}
	files, err := format.Files(p.document, to, r)
	if err != nil {
		return nil, u.locate(usage(err))
	}
	return files, nil
}

// print writes to standard output what may be seen of several files, and a
// single file as it is.
func (o *generateOptions) print(u *setup, p *prepared, files []format.File) error {
	var printed []format.File
	for _, f := range files {
		if f.Sensitive && len(files) > 1 {
			fmt.Fprintf(o.streams.Err, "%s is not printed: it holds secrets. Name a folder with --output to have it written.\n", f.Name)
			continue
		}
		if _, err := o.streams.Out.Write(f.Bytes); err != nil {
			return err
		}
		printed = append(printed, f)
	}
	o.printNewKeys(u, p, printed)
	return nil
}

// write writes the files; where there is someone to ask, it asks before it
// overwrites one.
func (o *generateOptions) write(files []format.File) error {
	if err := o.makeFolder(files); err != nil {
		return err
	}
	for _, f := range files {
		path := cmp.Or(o.output, f.Name)
		if len(files) > 1 {
			path = filepath.Join(o.output, f.Name)
		}
		if err := o.writeOne(path, f.Bytes); err != nil {
			return err
		}
		fmt.Fprintf(o.streams.Err, "Wrote %s\n", path)
		if f.Sensitive {
			fmt.Fprintln(o.streams.Err, "  It holds a secret: keep it out of version control.")
		}
	}
	return nil
}

// makeFolder makes the folder that several files go into.
func (o *generateOptions) makeFolder(files []format.File) error {
	if len(files) < 2 || o.output == "" {
		return nil
	}
	if info, err := os.Stat(o.output); err == nil && !info.IsDir() {
		return usagef("%s is a file, and %s makes several: name a folder with --output", o.output, o.format)
	}
	return os.MkdirAll(o.output, 0o700)
}

func (o *generateOptions) writeOne(path string, content []byte) error {
	err := writeValues(path, content, o.force)
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	if o.streams.Interactive() && confirm(o.streams, path+" exists with other content. Overwrite it?") {
		return writeValues(path, content, true)
	}
	return usage(err)
}

// explain says what a person does with what was written.
func (o *generateOptions) explain(u *setup, p *prepared) {
	w := o.streams.Err
	if commands := format.Commands(p.document, u.kubectlFlags()...); len(commands) > 0 && o.format != string(format.Manifests) {
		fmt.Fprintln(w, "Create the Secrets that it references:")
		for _, command := range commands {
			fmt.Fprintln(w, "  "+command)
		}
		for _, need := range p.document.Needs() {
			if need.Generated() && !need.Kept {
				fmt.Fprintf(w, "Keep a copy of the key that they make (%s, in Secret %s): what it encrypts cannot be read without it.\n", need.Answer, need.Name)
			}
		}
	}
	if o.format == string(format.Values) {
		fmt.Fprintf(w, "Install it by hand with:\n  %s\n", helmCommand(u, p, cmp.Or(o.output, defaultValuesFile)))
	}
}
