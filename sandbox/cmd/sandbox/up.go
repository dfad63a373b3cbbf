package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/component-base/version"

	"github.com/zenml-installer/zenml-installer/sandbox/charts"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/launch"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/realnode"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/state"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/supervisor"
)

type upOptions struct {
	name     string
	nodes    string
	count    int
	server   string
	versions []string
	database string
	timeout  time.Duration
	upstream bool
	addons   []string
	owner    int
	retain   bool
}

func newUpCommand() *cobra.Command {
	options := &upOptions{}
	command := &cobra.Command{
		Use:   "up",
		Short: "start a sandbox and print the path of its kubeconfig",
		Args:  cobra.NoArgs,
		RunE:  func(command *cobra.Command, _ []string) error { return runUp(command, options) },
	}
	addName(command, &options.name)
	flags := command.Flags()
	flags.StringVar(&options.nodes, "nodes", "auto", "real (containers; root on Linux), simulated, or auto")
	flags.IntVar(&options.count, "count", 1, "number of simulated nodes")
	flags.StringVar(&options.server, "server", auto, "ZenML server that the charts install: real (built from PyPI and Debian packages), stand-in, or auto")
	flags.StringSliceVar(&options.versions, "server-version", []string{charts.RealServer(charts.Current)}, "versions of the real server")
	flags.StringVar(&options.database, "database", auto, "mysql (from Debian packages), mariadb (of this machine), memory (go-mysql-server), none, or auto: the first that works")
	flags.BoolVar(&options.upstream, "upstream", false, "let nodes pull images that the sandbox lacks from their own registries")
	addAddons(flags, &options.addons)
	flags.IntVar(&options.owner, "owner", 0, "id of a process; when it ends, the sandbox is removed")
	flags.DurationVar(&options.timeout, "timeout", 2*time.Minute, "how long to wait until the sandbox is ready")
	flags.BoolVar(&options.retain, "retain", false, "keep a sandbox that fails to start")
	return command
}

func runUp(command *cobra.Command, options *upOptions) error {
	start := time.Now()
	say := narrator(command.ErrOrStderr(), start)
	prepared, err := options.prepare(command.Context(), say)
	if err != nil {
		return err
	}
	record, err := launch.Up(command.Context(), prepared, options.retain, say)
	if err != nil {
		return err
	}
	say(fmt.Sprintf("sandbox %s is %s: Kubernetes %s with %d %s node(s)", record.Name, record.State, record.Kubernetes.Version, record.Nodes.Count, record.Nodes.Kind))
	_, err = fmt.Fprintln(command.OutOrStdout(), record.Kubeconfig)
	return err
}

// prepare validates the flags and returns a supervisor's options.
func (o *upOptions) prepare(ctx context.Context, say func(string)) (supervisor.Options, error) {
	dir, err := dirOf(o.name)
	if err != nil {
		return supervisor.Options{}, err
	}
	if o.count < 1 {
		return supervisor.Options{}, fmt.Errorf("--count %d: use 1 or more", o.count)
	}
	nodes, err := chooseNodes(o.nodes, say)
	if err != nil {
		return supervisor.Options{}, err
	}
	executable, err := launch.Executable()
	if err != nil {
		return supervisor.Options{}, err
	}
	https, err := chooseAddons(o.addons, nodes, executable)
	if err != nil {
		return supervisor.Options{}, err
	}
	timeout := o.timeout
	if https {
		timeout += addonTimeout
	}
	options := supervisor.Options{
		Dir: dir, Nodes: nodes, Count: o.count, Upstream: o.upstream, Owner: o.owner, Timeout: timeout,
		HTTPS:      https,
		Executable: executable, KubernetesVersion: version.Get().GitVersion,
	}
	if record, err := state.Current(dir); err == nil && record.State == state.Running {
		return options, o.fits(record)
	}
	if options.Database, err = chooseDatabase(ctx, o.database, say); err != nil {
		return supervisor.Options{}, err
	}
	options.Servers, err = chooseServers(ctx, o.server, o.versions, nodes, say)
	options.RealByDefault = true
	return options, err
}

func addAddons(flags *pflag.FlagSet, addons *[]string) {
	flags.StringSliceVar(addons, "addons", nil,
		"https: cert-manager, an ACME server and an ingress controller (real nodes only)")
}

// addonTimeout is the additional start timeout of a sandbox with add-ons.
const addonTimeout = 4 * time.Minute

// chooseAddons reports whether the add-on https is requested and can run.
func chooseAddons(wanted []string, nodes, executable string) (bool, error) {
	for _, name := range wanted {
		switch {
		case name != supervisor.AddonHTTPS:
			return false, fmt.Errorf("--addons %q: use https", name)
		case nodes != state.NodesReal:
			return false, fmt.Errorf("--addons %s needs real nodes, and the sandbox would have %s ones", name, nodes)
		}
		if _, err := os.Stat(supervisor.AddonFolder(executable, name)); err != nil {
			return false, fmt.Errorf("the add-on %s is not built: run sandbox/build.sh --addons %s, "+
				"and use the binary that it prints: %w", name, name, err)
		}
	}
	return len(wanted) > 0, nil
}

func chooseNodes(wanted string, say func(string)) (string, error) {
	missing := realnode.Missing()
	switch wanted {
	case state.NodesSimulated:
		return wanted, nil
	case state.NodesReal:
		if len(missing) > 0 {
			return "", fmt.Errorf("real nodes cannot run here: %s", strings.Join(missing, "; "))
		}
		return wanted, nil
	case auto:
		if len(missing) == 0 {
			return state.NodesReal, nil
		}
		say("simulated nodes, because " + strings.Join(missing, "; "))
		return state.NodesSimulated, nil
	}
	return "", fmt.Errorf("--nodes %q: use real, simulated or auto", wanted)
}

// narrator returns a function that prints lines of progress with the seconds
// since start.
func narrator(out io.Writer, start time.Time) func(string) {
	return func(line string) {
		_, _ = fmt.Fprintf(out, "%5.1fs  %s\n", time.Since(start).Seconds(), line)
	}
}
