package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
	"github.com/zenml-installer/zenml-installer/internal/tree"
	"github.com/zenml-installer/zenml-installer/render/chart"
	"github.com/zenml-installer/zenml-installer/render/importer"
)

type answersInitOptions struct {
	streams     Streams
	common      common
	output      string
	force       bool
	all         bool
	from        string
	fromRelease bool
}

func newAnswersInit(s Streams, c *common, run func(context.Context, *answersInitOptions) error) *cobra.Command {
	o := &answersInitOptions{streams: s}
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Create an answers file from a sample or an existing installation",
		Long: `Create an answers file.

By default it is a commented sample. With --from it is created from a values
file, with --from-release from an installed release; values that cannot be
imported are reported. Secrets are not written: the file reads them from
environment variables instead.`,
		Example: `  zenml-installer answers init
  zenml-installer answers init --from custom-values.yaml --output answers.yaml
  zenml-installer answers init --from-release -n zenml`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.common = *c
			return run(cmd.Context(), o)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.output, "output", "-", "file to write (- for standard output)")
	flags.BoolVar(&o.force, "force", false, "overwrite an existing file")
	flags.BoolVar(&o.all, "all", false, "include every key in the sample")
	flags.StringVar(&o.from, "from", "", "values file to import")
	flags.BoolVar(&o.fromRelease, "from-release", false, "import the release given by --release and -n")
	cmd.MarkFlagsMutuallyExclusive("from", "from-release", "all")
	return cmd
}

func runAnswersInit(ctx context.Context, o *answersInitOptions) error {
	content, err := o.content(ctx)
	if err != nil {
		return err
	}
	if o.output == "-" {
		_, err := o.streams.Out.Write(content)
		return err
	}
	if err := writeValues(ctx, o.output, content, o.force); errors.Is(err, fs.ErrExist) {
		return usage(err)
	} else if err != nil {
		return err
	}
	fmt.Fprintf(o.streams.Err, "Wrote %s\n", o.output)
	return nil
}

func (o *answersInitOptions) content(ctx context.Context) ([]byte, error) {
	if o.from == "" && !o.fromRelease {
		return answers.Sample(o.all), nil
	}
	file, err := targetOnly(o.common)
	if err != nil {
		return nil, err
	}
	u := newSetup(o.streams, o.common, file, chart.Load)
	values, deployed, err := o.values(ctx, u)
	if err != nil {
		return nil, err
	}
	imported := importer.Import(values, deployed)
	for _, note := range imported.Notes {
		fmt.Fprintln(o.streams.Err, "! "+note.String())
	}
	carried := imported.Answers
	carried.Cluster = file.Cluster
	content, moved := answers.Write(carried)
	for _, m := range moved {
		fmt.Fprintf(o.streams.Err, "! %s: the secret was not written; set $%s when you use the file\n", m.Key, m.Env)
	}
	for _, fault := range answers.Validate(carried) {
		fmt.Fprintf(o.streams.Err, "! still invalid: %s\n", fault)
	}
	return content, nil
}

// values reads the values to import, and the chart that they are for.
func (o *answersInitOptions) values(ctx context.Context, u *setup) (map[string]any, chartinfo.Info, error) {
	if o.fromRelease {
		values, loaded, err := o.releaseValues(ctx, u)
		if err != nil {
			return nil, chartinfo.Info{}, err
		}
		return values, loaded.Info, nil
	}
	data, err := readInput(ctx, o.from)
	if err != nil {
		return nil, chartinfo.Info{}, usage(err)
	}
	values, err := o.read(data)
	if err != nil {
		return nil, chartinfo.Info{}, err
	}
	known, err := o.chartInfo(ctx, u)
	return values, known, err
}

// chartInfo describes the chart of a values file. Without access to the default chart it is
// empty: an import is possible, but less exact.
func (o *answersInitOptions) chartInfo(ctx context.Context, u *setup) (chartinfo.Info, error) {
	loaded, err := u.chart(ctx)
	switch {
	case err == nil:
		return loaded.Info, nil
	case ctx.Err() == nil && u.mayReplaceChart(err):
		fmt.Fprintf(o.streams.Err, "! %v. Imported without it: values that repeat its defaults are kept, and values that "+
			"it does not read are not found. Specify the chart with --chart for an exact import.\n", chart.WithRemedy(err))
		return chartinfo.Info{}, nil
	}
	return chartinfo.Info{}, u.locateChartError(err)
}

// releaseValues reads the values of a release. Flags can choose another chart than the one
// that Helm keeps with it.
func (o *answersInitOptions) releaseValues(ctx context.Context, u *setup) (map[string]any, *chart.Chart, error) {
	at, err := u.cluster.Context()
	if err != nil {
		return nil, nil, usage(err)
	}
	if err := u.reach(ctx, at); err != nil {
		return nil, nil, err
	}
	release, err := u.findRelease(ctx, "there is nothing to import")
	var missing *notFoundError
	if errors.As(err, &missing) {
		err = usage(err)
	}
	if err != nil {
		return nil, nil, err
	}
	if u.file.Chart.Ref == "" && u.file.Chart.Version == "" {
		loaded, err := u.chartFor(ctx, release)
		return u.chosenValues(ctx, release), loaded, err
	}
	u.answers.Chart.Version = cmp.Or(u.answers.Chart.Version, release.ChartVersion)
	loaded, err := u.chart(ctx)
	if err != nil {
		return nil, nil, u.locateChartError(err)
	}
	return u.chosenValues(ctx, release), loaded, nil
}

// read reads the first document of a values file, as Helm does.
func (o *answersInitOptions) read(data []byte) (map[string]any, error) {
	values := map[string]any{}
	if err := yaml.Unmarshal(data, &values); err != nil {
		return nil, usagef("%s is not a YAML mapping: check the indentation, quotes and colons", o.from)
	}
	if tree.Depth(values) > answers.MaxLevels {
		return nil, usagef("%s is nested more than %d levels deep: import the values of a ZenML chart", o.from, answers.MaxLevels)
	}
	if answers.Documents(data) > 1 {
		fmt.Fprintf(o.streams.Err, "! %s: contains several documents; only the first is used, as by Helm\n", o.from)
	}
	return values, nil
}
