// Package components contains the commands of Kubernetes, etcd, CoreDNS and
// kwok, so that one binary can run any of them.
package components

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kwokconfig "sigs.k8s.io/kwok/pkg/config"
	kwok "sigs.k8s.io/kwok/pkg/kwok/cmd"
	kwoklog "sigs.k8s.io/kwok/pkg/log"
)

// Main runs a component with the process's arguments and returns its exit code.
type Main func() int

// Find returns the component called name, or nil if it does not exist on this
// platform.
func Find(name string) Main {
	if main, ok := platform()[name]; ok {
		return main
	}
	return map[string]Main{
		"coredns":                 coredns,
		"etcd":                    etcd,
		"kube-apiserver":          command(apiserver.NewAPIServerCommand),
		"kube-controller-manager": command(controllermanager.NewControllerManagerCommand),
		"kube-scheduler":          command(func() *cobra.Command { return scheduler.NewSchedulerCommand() }),
		"kwok":                    runKwok,
	}[name]
}

func command(newCommand func() *cobra.Command) Main {
	return func() int { return cli.Run(newCommand()) }
}

func etcd() int {
	etcdmain.Main(os.Args)
	return 0
}

func runKwok() int {
	flags := pflag.NewFlagSet("global", pflag.ContinueOnError)
	flags.ParseErrorsAllowlist.UnknownFlags = true
	flags.Usage = func() {}
	ctx, _ := kwoklog.InitFlags(context.Background(), flags)
	ctx, err := kwokconfig.InitFlags(ctx, flags)
	if err != nil {
		return fail(err)
	}
	ForgetFlags()
	command := kwok.NewCommand(ctx)
	command.PersistentFlags().AddFlagSet(flags)
	if err := command.ExecuteContext(ctx); err != nil {
		return fail(err)
	}
	return 0
}

// ForgetFlags removes the global flags that Kubernetes' packages register:
// cobra would add them to all commands.
func ForgetFlags() {
	pflag.CommandLine = pflag.NewFlagSet(os.Args[0], pflag.ExitOnError)
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}
