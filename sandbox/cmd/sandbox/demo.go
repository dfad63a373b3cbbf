package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/zenml-installer/zenml-installer/sandbox/charts"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/demo"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/launch"
)

type demoOptions struct {
	up   upOptions
	demo demo.Options
}

// exitCode makes the process exit with the code of the command that it ran.
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("the installer ended with exit code %d", int(e)) }

func newDemoCommand() *cobra.Command {
	o := &demoOptions{}
	command := &cobra.Command{
		Use:   "demo --installer PATH [-- INSTALLER FLAGS]",
		Short: "run the installer against a sandbox",
		Args:  cobra.ArbitraryArgs,
		RunE:  func(command *cobra.Command, args []string) error { return runDemo(command, o, args) },
	}
	flags := command.Flags()
	flags.StringVar(&o.up.name, "name", "demo", "name of the sandbox")
	flags.StringVar(&o.up.nodes, "nodes", "auto", "real, simulated or auto")
	addAddons(flags, &o.up.addons)
	flags.StringVar(&o.up.server, "server", auto, "ZenML server: real (built from PyPI and Debian packages), stand-in, or auto")
	flags.StringVar(&o.up.database, "database", auto, "mysql, mariadb, memory, none or auto")
	flags.StringVar(&o.demo.Installer, "installer", "", "the installer's binary")
	flags.StringVar(&o.demo.Answers, "answers", "", "answers file; installs without questions")
	flags.StringVar(&o.demo.Chart, "chart", "current", "generation of the stand-in chart: current or legacy")
	flags.BoolVar(&o.demo.Published, "published", false, "use the published chart and image, where their registries answer")
	_ = command.MarkFlagRequired("installer")
	return command
}

func runDemo(command *cobra.Command, o *demoOptions, args []string) error {
	if o.demo.Chart != "current" && o.demo.Chart != "legacy" {
		return fmt.Errorf("--chart %q: use current or legacy", o.demo.Chart)
	}
	o.up.count, o.up.upstream, o.up.timeout = 1, o.demo.Published, 2*time.Minute
	o.up.versions = []string{charts.RealServer(o.demo.Chart)}
	say := narrator(command.ErrOrStderr(), time.Now())
	prepared, err := o.up.prepare(command.Context(), say)
	if err != nil {
		return err
	}
	record, err := launch.Up(command.Context(), prepared, false, say)
	if err != nil {
		return err
	}
	o.demo.Record, o.demo.Dir, o.demo.Args, o.demo.Talk = record, prepared.Dir.Path(), args, os.Stderr
	code, err := demo.Run(command.Context(), o.demo)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "\nThe sandbox still runs. Use it with: export KUBECONFIG=%s\nRemove it with: make demo-down\n", record.Kubeconfig)
	if code != 0 {
		return exitCode(code)
	}
	return nil
}
