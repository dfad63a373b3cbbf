// Command sandbox runs a temporary Kubernetes cluster, for users without a cluster and for tests.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/components"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/process"
)

func main() { os.Exit(run()) }

// run runs the component or the helper that the first argument names, otherwise
// the command line.
func run() int {
	if len(os.Args) > 1 {
		name := os.Args[1]
		if helper := helpers()[name]; helper != nil {
			return helper(os.Args[2:])
		}
		if component := components.Find(name); component != nil {
			process.FollowLifeline()
			os.Args = append([]string{name}, os.Args[2:]...)
			return component()
		}
	}
	components.ForgetFlags()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	err := newCommand().ExecuteContext(ctx)
	var code exitCode
	if errors.As(err, &code) {
		return int(code)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, filepath.Base(os.Args[0])+": "+err.Error())
		return 1
	}
	return 0
}
