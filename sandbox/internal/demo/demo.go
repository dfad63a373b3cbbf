// Package demo runs the installer against a sandbox.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/state"
)

// Options configure a demo.
type Options struct {
	Installer string // the installer's binary
	Answers   string // answers file; empty means the guided install
	Chart     string // generation of the stand-in chart: current or legacy
	Published bool   // the published chart and image instead of the sandbox's own
	Args      []string

	Record *state.Record
	Dir    string // folder for the demo's own files
	Talk   io.Writer
}

const (
	adminPassword = "ZENML_ADMIN_PASSWORD" //nolint:gosec // the name of a variable
	// sandboxPassword is the admin's password on a server that only this
	// machine can reach and that is removed with the sandbox.
	sandboxPassword = "Sandbox-Admin-1!" //nolint:gosec // see above
)

// Run runs the installer with the terminal of this process and returns its
// exit code.
func Run(ctx context.Context, o Options) (int, error) {
	o.introduce()
	args, err := o.args()
	if err != nil {
		return 1, err
	}
	detached := context.WithoutCancel(ctx)
	command := exec.CommandContext(detached, o.Installer, args...) //nolint:gosec // the installer's binary
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	command.Env = o.environment(os.Environ())
	// Ctrl-C also reaches the installer, which handles it.
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	defer signal.Stop(signals)
	err = command.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	return 0, err
}

func (o Options) introduce() {
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(o.Talk, format+"\n", args...) }
	say("")
	say(
		"This is Kubernetes %s with %d %s node(s). Its files are in %s.",
		o.Record.Kubernetes.Version,
		o.Record.Nodes.Count,
		o.Record.Nodes.Kind,
		o.Dir,
	)
	if o.Record.Nodes.Kind == state.NodesSimulated {
		say("Simulated nodes run no containers. The server runs in the sandbox's own process.")
	}
	say("%s", o.origin())
	if db := o.Record.Database; db != nil {
		say("The MySQL server at %s:%d (%s) is the sandbox's own.", db.Host, db.Port, db.Version)
	}
	say("")
}

// origin describes the chart and the server.
func (o Options) origin() string {
	if o.Published {
		return "Chart and server image are the published ones."
	}
	if chart, ok := o.chart(); ok && chart.Server == state.ServerReal {
		return fmt.Sprintf(
			"The server is the real ZenML %s, built from PyPI. The chart is a stand-in for the published one.",
			chart.Version,
		)
	}
	return "The chart and the server are stand-ins, written for the sandbox. They are not ZenML."
}

func (o Options) args() ([]string, error) {
	args := slices.Concat([]string{"install"}, o.chartFlags())
	if o.Answers == "" {
		if o.Record.Database != nil {
			file, err := offer(o.Dir, o.Record.Database)
			if err != nil {
				return nil, err
			}
			args = append(args, "--suggest", file)
		}
		return append(args, o.Args...), nil
	}
	flags, said, err := overrides(o.Answers, o.Record)
	if err != nil {
		return nil, err
	}
	for _, line := range said {
		_, _ = fmt.Fprintln(o.Talk, line)
	}
	args = append(args, "-f", o.Answers, "--yes", "--force")
	return slices.Concat(args, flags, o.Args), nil
}

// chartFlags select the sandbox's chart; the published one is the installer's
// default. Only the nodes find the image, so the installer must not look for
// it.
func (o Options) chartFlags() []string {
	chart, ok := o.chart()
	if o.Published || !ok {
		return nil
	}
	return []string{"--chart", chart.Ref, "--chart-version", chart.Version, "--plain-http", "--skip", "supply.image"}
}

// chart returns the chart of the selected generation, preferably one with the
// real server.
func (o Options) chart() (state.Chart, bool) {
	fits := func(c state.Chart) bool { return c.Generation == o.Chart }
	real := func(c state.Chart) bool { return fits(c) && c.Server == state.ServerReal }
	for _, wanted := range []func(state.Chart) bool{real, fits} {
		if i := slices.IndexFunc(o.Record.Charts, wanted); i >= 0 {
			return o.Record.Charts[i], true
		}
	}
	return state.Chart{}, false
}

// environment returns the caller's environment with the sandbox's kubeconfig.
// It keeps a password that the caller has set.
func (o Options) environment(env []string) []string {
	env = append(env, "KUBECONFIG="+o.Record.Kubeconfig)
	if !has(env, adminPassword) {
		env = append(env, adminPassword+"="+sandboxPassword)
	}
	return env
}

func has(env []string, name string) bool {
	return slices.ContainsFunc(env, func(v string) bool { return strings.HasPrefix(v, name+"=") && v != name+"=" })
}
