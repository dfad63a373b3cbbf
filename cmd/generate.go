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

	"github.com/zenml-installer/zenml-installer/checks"
	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/bundle"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/prerequisite"
	"github.com/zenml-installer/zenml-installer/render/chart"
	"github.com/zenml-installer/zenml-installer/render/format"
)

type generateOptions struct {
	streams Streams
	common  common
	file    answersFlags
	checks  check.Options
	output  string
	force   bool
	format  string
	bundle  bundleRequest
}

func newGenerate(s Streams, c *common, run func(context.Context, *generateOptions) error) *cobra.Command {
	o := &generateOptions{streams: s}
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Write custom-values.yaml without installing",
		Long: `Write the chart's values file from the answers.

No cluster is needed. The chart is pulled to determine its layout; with a local
chart no network is needed either. The effect of every answer is verified on
the rendered chart before the file is written: an answer without effect is an
error, anything else without effect is a warning.

With --bundle it fetches everything that an install without internet access
needs into a folder: the charts, the images and the answers.`,
		Example: `  zenml-installer generate -f answers.yaml
  zenml-installer generate -f answers.yaml --chart ./zenml-0.98.1.tgz --output -
  zenml-installer generate -f answers.yaml --bundle ./zenml-bundle`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.common = *c
			return outOfTime(cmd.Context(), exitUnexpected, run(cmd.Context(), o))
		},
	}
	o.file.register(cmd)
	flags := cmd.Flags()
	flags.StringSliceVar(&o.checks.Skip, "skip", nil,
		"ignore what these groups or check ids find: supply.effect, supply.values")
	flags.StringSliceVar(&o.checks.WarnOnly, "warn-only", nil, "report what these groups or check ids find as warnings")
	flags.StringVar(&o.format, "format", string(format.Values), "output format: "+strings.Join(formatNames(), ", "))
	flags.StringVar(&o.output, "output", "",
		"file to write, or folder for manifests (default: the usual name of the format; - for standard output)")
	flags.BoolVar(&o.force, "force", false, "overwrite existing files")
	o.bundle.register(cmd)
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
		return usagef("--format %s: must be one of %s", o.format, strings.Join(formatNames(), ", "))
	}
	if err := o.checkBundle(); err != nil {
		return err
	}
	if o.file.name == "" && len(o.file.extras) == 0 {
		return usagef("no answers given: use -f answers.yaml or --answer KEY=VALUE")
	}
	if _, err := o.checks.Plan(checks.Table); err != nil {
		return usage(err)
	}
	file, err := o.file.load(ctx, o.streams, o.common)
	if err != nil {
		return err
	}
	unit := newSetup(o.streams, o.common, file, chart.Load)
	if unit.existingKeys, err = o.readExistingKeys(ctx, unit.answers); err != nil {
		return err
	}
	p, err := unit.prepareOffline(ctx)
	if err != nil {
		return unit.locateChartError(err)
	}
	faults, warnings := p.judge(o.checks)
	if err := faults.Err(); err != nil {
		return usage(err)
	}
	for _, w := range warnings {
		fmt.Fprintf(o.streams.Err, "Warning: %v\n", w)
	}
	if o.bundle.dir != "" {
		return o.writeBundle(ctx, unit, p)
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
	if err := o.write(ctx, unit, files); err != nil {
		return err
	}
	o.printNewKeys(unit, p, files)
	o.explain(unit, p)
	return nil
}

// files returns the prepared install in a format.
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

// print writes a single file to standard output. Of several files it prints
// those without secrets.
func (o *generateOptions) print(u *setup, p *prepared, files []format.File) error {
	var printed []format.File
	for _, f := range files {
		if f.Sensitive && len(files) > 1 {
			fmt.Fprintf(o.streams.Err,
				"Not printing %s because it contains secrets. Write it to a folder with --output.\n", f.Name)
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

// write writes the files. On a terminal it asks before it overwrites one.
func (o *generateOptions) write(ctx context.Context, u *setup, files []format.File) error {
	if err := o.makeFolder(files); err != nil {
		return err
	}
	for _, f := range files {
		path := cmp.Or(o.output, f.Name)
		if len(files) > 1 {
			path = filepath.Join(o.output, f.Name)
		}
		if err := o.writeOne(ctx, u.ownValues(path), f); err != nil {
			return err
		}
		fmt.Fprintf(o.streams.Err, "Wrote %s\n", path)
		if f.Sensitive {
			fmt.Fprintln(o.streams.Err, "  It contains a secret: keep it out of version control.")
		}
	}
	return nil
}

// makeFolder creates the folder for several files.
func (o *generateOptions) makeFolder(files []format.File) error {
	if len(files) < 2 || o.output == "" {
		return nil
	}
	if info, err := os.Stat(o.output); err == nil && !info.IsDir() {
		return usagef("%s is a file, but format %s writes several: specify a folder with --output", o.output, o.format)
	}
	return os.MkdirAll(o.output, 0o700)
}

// writeOne writes a file, and replaces one that nobody has edited since it was written.
func (o *generateOptions) writeOne(ctx context.Context, own ownValues, f format.File) error {
	err := writeValues(ctx, own.path, f.Bytes, o.force || own.isUnedited(ctx))
	if errors.Is(err, fs.ErrExist) {
		question := own.path + " already exists with other content. Overwrite it?"
		if !o.streams.Interactive() || !confirm(unlimited(ctx), o.streams, question) {
			return usage(err)
		}
		err = writeValues(ctx, own.path, f.Bytes, true)
	}
	if err == nil && !f.Sensitive {
		own.remember(f.Bytes)
	}
	return err
}

// explain prints what to do with the written files.
func (o *generateOptions) explain(u *setup, p *prepared) {
	w := o.streams.Err
	commands := format.Commands(p.document, u.kubectlFlags()...)
	if len(commands) > 0 && o.format != string(format.Manifests) {
		fmt.Fprintln(w, "Create the Secrets that it references:")
		for _, command := range commands {
			fmt.Fprintln(w, "  "+command)
		}
		for _, need := range p.document.Needs() {
			if need.Generated() && !need.Kept {
				fmt.Fprintf(w, "Keep a copy of the key that this generates (%s, in Secret %s): what it encrypts "+
					"cannot be decrypted without it.\n", need.Answer, need.Name)
			}
		}
	}
	if o.format == string(format.Values) {
		fmt.Fprintf(w, "Install it with Helm:\n  %s\n", helmCommand(u, p, cmp.Or(o.output, defaultValuesFile)))
	}
}

// archives are the charts of an install with the images that they render: the server's,
// and those of all prerequisites that the user agreed to install.
func (u *setup) archives(ctx context.Context, p *prepared) ([]bundle.Archive, error) {
	server, err := archiveOf(p.chart, cmp.Or(u.answers.Chart.Ref, p.chart.Info.Ref), p.objects)
	if err != nil {
		return nil, err
	}
	if server.Server = bundle.ServerImage(p.objects); server.Server == "" {
		return nil, usagef("the chart %s renders no Deployment with an image: use a chart of the ZenML server",
			p.chart.Info.Name)
	}
	all := []bundle.Archive{server}
	for _, c := range prerequisite.Wanted(u.answers) {
		loaded, err := u.prerequisiteChart(ctx, c)
		if err != nil {
			return nil, err
		}
		rendered, err := loaded.Render(ctx, chart.RenderRequest{Release: c.Name, Namespace: c.Name,
			Values: c.Values(u.answers)})
		if err != nil {
			return nil, fmt.Errorf("cannot render the chart of %s: %w", c.Title, err)
		}
		archive, err := archiveOf(loaded, c.Ref, rendered.Objects)
		if err != nil {
			return nil, err
		}
		archive.Registry = u.answers.Prerequisites.ImageRegistry
		all = append(all, archive)
	}
	return all, nil
}

func archiveOf(c *chart.Chart, source string, objects []manifest.Object) (bundle.Archive, error) {
	data, err := c.Archive()
	if err != nil {
		return bundle.Archive{}, fmt.Errorf("cannot package the chart %s: %w", c.Info.Name, err)
	}
	return bundle.Archive{Chart: bundle.Chart{Name: c.Info.Name, Version: c.Info.Version, Source: source}, Data: data,
		Images: bundle.Images(objects)}, nil
}
