package cmd

import (
	"cmp"
	"io"
	"maps"
	"path/filepath"
	"time"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/zenml-installer/zenml-installer/checks/report"
	"github.com/zenml-installer/zenml-installer/internal/display"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/render/chart"
	"github.com/zenml-installer/zenml-installer/wizard/theme"
)

// common are the flags of every command: kubectl's and our own.
type common struct {
	kube         *genericclioptions.ConfigFlags
	release      string
	chart        string
	chartVersion string
	plainHTTP    bool
	signature    signatureFlags
	bundle       *bundleFlags
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
	flags.StringVar(&c.release, "release", "", "Helm release name (default: from the answers, or zenml-server)")
	flags.StringVar(&c.chart, "chart", "",
		"chart: OCI reference, repository URL, folder or .tgz (default: from the answers, or the published chart)")
	flags.StringVar(&c.chartVersion, "chart-version", "",
		"chart version (default: from the answers, or the latest stable version)")
	flags.BoolVar(&c.plainHTTP, "plain-http", false, "pull the chart over plain HTTP")
	c.signature.register(flags)
	flags.DurationVar(&c.timeout, "timeout", defaultTimeout,
		"time limit of the command, apart from questions and an open port-forward")
	flags.BoolVar(&c.noOpen, "no-open", false, "do not open a browser, only print the address")
	flags.BoolVar(&c.accessible, "accessible", false, "ask in plain lines instead of screens, for screen readers")
	flags.BoolVar(&c.noColor, "no-color", false, "disable colors (also with NO_COLOR)")
	flags.BoolVarP(&c.verbose, "verbose", "v", false, "list every check, and show more of what the install does")
}

// signatureFlags select how the chart's signature is verified.
type signatureFlags struct {
	verify             bool
	keyring, cosignKey string
}

func (f *signatureFlags) register(flags *pflag.FlagSet) {
	flags.BoolVar(&f.verify, "verify", false,
		"verify the chart's signature: its provenance file, or with --verify-key that of cosign")
	flags.StringVar(&f.keyring, "keyring", "",
		"with --verify: OpenPGP public keys that may sign the chart (default ~/.gnupg/pubring.gpg)")
	flags.StringVar(&f.cosignKey, "verify-key", "", "with --verify: public key of the chart's cosign signature")
}

// check rejects flags that would be ignored.
func (f *signatureFlags) check() error {
	switch {
	case !f.verify && f.keyring != "":
		return usagef("--keyring has no effect without --verify: add --verify")
	case !f.verify && f.cosignKey != "":
		return usagef("--verify-key has no effect without --verify: add --verify")
	case f.keyring != "" && f.cosignKey != "":
		return usagef("--keyring is for a provenance file and --verify-key for a cosign signature: remove one")
	}
	return nil
}

// verification is what the flags select. Like Helm, it defaults to the public keyring
// of GnuPG 1.
func (f *signatureFlags) verification(s Streams) chart.Verification {
	if !f.verify || f.cosignKey != "" {
		return chart.Verification{CosignKey: f.cosignKey}
	}
	home := cmp.Or(s.getenv("GNUPGHOME"), filepath.Join(xdg.Home, ".gnupg"))
	return chart.Verification{Keyring: cmp.Or(f.keyring, filepath.Join(home, "pubring.gpg"))}
}

// answersFlags are the flags of the commands that use answers.
type answersFlags struct {
	name   string
	extras []string
}

func (f *answersFlags) register(c *cobra.Command) {
	c.Flags().StringVarP(&f.name, "file", "f", "", "answers file (- for standard input)")
	c.Flags().StringArrayVar(&f.extras, "answer", nil,
		"set one answer, KEY=VALUE, overriding the file; secrets only as env:NAME, file:PATH or secret:NAME/KEY")
	_ = c.MarkFlagFilename("file", "yaml", "yml")
}

const waitForOtherUsage = "wait for another run that is changing the release, instead of failing"

// terminal describes what stderr can show.
func (c common) terminal(s Streams) theme.Terminal {
	found := theme.Detect(destination(s.Err), s.getenv)
	found.NoColor = found.NoColor || c.noColor
	return found
}

// checkPort rejects a local port that does not exist.
func checkPort(port int) error {
	if port < 0 || port > 65535 {
		return usagef("--port %d: must be a port from 1 to 65535, or 0 for the next free one from %d on", port, defaultPort)
	}
	return nil
}

// reportOptions is how a report to w is written.
func (c common) reportOptions(s Streams, w io.Writer) report.Options {
	if !isTerminal(w) {
		return report.Options{Verbose: c.verbose}
	}
	found := theme.Detect(destination(w), s.getenv)
	return report.Options{
		Style:   display.Style{Color: found.Styled && !found.NoColor && !c.noColor, Unicode: !found.ASCII},
		Width:   columns(w),
		Verbose: c.verbose,
	}
}

// noFlags returns kubectl's flags with none set.
func noFlags() *genericclioptions.ConfigFlags { return kube.NewFlags() }

// Placeholders returns what stands for the values of flags in the documentation.
func Placeholders() map[string]string { return maps.Clone(placeholders) }

// placeholders stand for the values of flags in the help.
var placeholders = map[string]string{
	"answer": "KEY=VALUE", "bundle": "FOLDER", "chart": "CHART", "chart-version": "VERSION", "context": "NAME",
	"diagnose-on-failure": "FILE", "emit-policy": "FOLDER", "emit-rbac": "FILE", "fail-on": "fail|warn", "file": "FILE",
	"from": "FILE", "image-registry": "REGISTRY", "keyring": "FILE", "kubeconfig": "FILE", "list-format": "text|json",
	"namespace": "NAME", "only": "IDS", "output": "FILE", "platform": "PLATFORMS", "port": "PORT", "release": "NAME",
	"skip": "IDS", "suggest": "FILE", "timeout": "DURATION", "verify-key": "FILE", "warn-only": "IDS",
	"diagnose output": "FILE|json", "generate format": "FORMAT", "generate output": "PATH",
	"install format": "text|json", "preflight output": "text|json|junit", "status output": "text|json",
	"zenml-installer format": "text|json",
}
