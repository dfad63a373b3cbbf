// Package local contains the checks of the machine that runs the installer.
package local

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// Checks verify the machine that runs the installer.
var Checks = []check.Check{
	{
		ID:       "local.port",
		Claim:    "the local port is free",
		Failure:  "the local port is in use",
		Severity: check.MustPass,
		Run:      checkPort,

		Reason: "the port-forward listens on it; otherwise your browser would reach another program",
		Finds: []string{
			"a port in use by another program, when you asked for exactly that one",
			"a privileged port (below 1024)",
		},
	},
}

func checkPort(ctx context.Context, e *check.Env) (string, error) {
	if e.Port == 0 {
		return "the next free port from 8080 on", nil
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(e.Port))
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err == nil {
		return address, listener.Close()
	}
	if !e.PortChosen {
		return fmt.Sprintf("%s is in use; the next free port will be used", address), nil
	}
	fault := &check.Fault{
		Summary: fmt.Sprintf("cannot listen on %s: %v", address, err),
		Remedy:  "choose another port: --port PORT, or leave the flag out to use the next free one from 8080 on",
		Err:     err,
	}
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		fault.Summary = fmt.Sprintf("port %d on this machine is in use by another program", e.Port)
		fault.Remedy = fmt.Sprintf(
			"stop that program (lsof -i :%d names it), or choose another port: --port PORT",
			e.Port,
		)
	case errors.Is(err, syscall.EACCES):
		fault.Summary = fmt.Sprintf("port %d is reserved for administrators of this machine", e.Port)
		fault.Remedy = "choose a port above 1023: --port PORT"
	}
	return "", fault
}
