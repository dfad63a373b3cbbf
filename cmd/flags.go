package cmd

import (
	"io"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/zenml-installer/zenml-installer/checks/report"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/wizard/theme"
)

// common is what every command takes: kubectl's own flags and ours.
type common struct {
	kube         *genericclioptions.ConfigFlags
	release      string
	chart        string
	chartVersion string
	plainHTTP    bool
	timeout      time.Duration
	noOpen       bool
	accessible   bool
	noColor      bool
	verbose      bool
}

const defaultTimeout = 10 * time.Minute

func (c *common) register(flags *pflag.FlagSet) {
	c.kube = kube.NewFlags()
	c.kube.AddFlags(flags)
	flags.StringVar(&c.release, "release", "", "name of the Helm release (default: the answers', else zenml-server)")
	flags.StringVar(&c.chart, "chart", "", "chart: OCI reference, repository URL, folder or .tgz (default: the answers', else the published one)")
	flags.StringVar(&c.chartVersion, "chart-version", "", "version of the chart (default: the answers', else the newest stable)")
	flags.BoolVar(&c.plainHTTP, "plain-http", false, "pull the chart over plain HTTP")
	flags.DurationVar(&c.timeout, "timeout", defaultTimeout, "how long the whole installation may take")
	flags.BoolVar(&c.noOpen, "no-open", false, "do not open a browser: print the address")
	flags.BoolVar(&c.accessible, "accessible", false, "plain questions and lines instead of screens, for screen readers")
	flags.BoolVar(&c.noColor, "no-color", false, "no colour (as NO_COLOR)")
	flags.BoolVarP(&c.verbose, "verbose", "v", false, "say more")
}

// fromFile is what the commands take that work on answers.
type answersFlags struct {
	name   string
	extras []string
}

func (f *answersFlags) register(c *cobra.Command) {
	c.Flags().StringVarP(&f.name, "file", "f", "", "answers file (- reads standard input)")
	c.Flags().StringArrayVar(&f.extras, "answer", nil, "one answer, KEY=VALUE, over the file's; a secret only as env:NAME, file:PATH or secret:NAME/KEY")
	_ = c.MarkFlagFilename("file", "yaml", "yml")
}

// look is how screens and talk look on this terminal.
func (c common) terminal(s Streams) theme.Terminal {
	found := theme.Detect(s.Err, s.getenv)
	found.NoColor = found.NoColor || c.noColor
	return found
}

// style is how a report for w is written.
func (c common) reportStyle(s Streams, w io.Writer) report.Style {
	if !isTerminal(w) {
		return report.Style{}
	}
	found := theme.Detect(w, s.getenv)
	return report.Style{Color: found.Styled && !found.NoColor && !c.noColor, Unicode: !found.ASCII}
}

// noFlags stands for kubectl's flags where none is given.
func noFlags() *genericclioptions.ConfigFlags { return kube.NewFlags() }
