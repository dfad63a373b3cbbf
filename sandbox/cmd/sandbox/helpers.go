package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/process"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/supervisor"
)

// progressFD is the file descriptor for a supervisor's progress.
const progressFD = 3

// helpers are the sandbox's own background processes.
func helpers() map[string]func([]string) int {
	all := map[string]func([]string) int{supervisor.Command: supervise, supervisor.DatabaseCommand: process.Keep}
	for name, helper := range platformHelpers() {
		all[name] = helper
	}
	return all
}

func supervise(args []string) int {
	var options supervisor.Options
	if len(args) != 1 || json.Unmarshal([]byte(args[0]), &options) != nil {
		return complain(fmt.Errorf("%s is started by up", supervisor.Command))
	}
	syscall.CloseOnExec(progressFD)
	progress := os.NewFile(progressFD, "progress")
	encoder := json.NewEncoder(progress)
	tell := func(word supervisor.Progress) {
		_ = encoder.Encode(word) // the supervisor continues if nobody reads any more
		if word.Ready || word.Error != "" {
			_ = progress.Close()
		}
	}
	signal.Ignore(syscall.SIGPIPE, syscall.SIGHUP)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := supervisor.Run(ctx, options, tell, os.Stderr); err != nil {
		return complain(err)
	}
	return 0
}

func complain(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}
