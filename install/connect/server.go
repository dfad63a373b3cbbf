package connect

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/shell"
	"github.com/zenml-installer/zenml-installer/internal/zenml"
)

const (
	firstPause = 100 * time.Millisecond
	lastPause  = 2 * time.Second
)

// WaitForServer polls the server until it responds. If ctx is done first, the
// error contains the last response.
func WaitForServer(ctx context.Context, client zenml.Client) (zenml.Info, error) {
	return waitForInfo(ctx, client, func(zenml.Info) bool { return true })
}

// WaitForActivation polls the server until anyone has activated it.
func WaitForActivation(ctx context.Context, client zenml.Client) (zenml.Info, error) {
	return waitForInfo(ctx, client, func(i zenml.Info) bool { return i.Active })
}

func waitForInfo(ctx context.Context, client zenml.Client, enough func(zenml.Info) bool) (zenml.Info, error) {
	var last error
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		info, err := client.Info(ctx)
		if err == nil && enough(info) {
			return info, nil
		}
		if err != nil && ctx.Err() == nil {
			last = err
		}
		if err == nil {
			last, pause = errors.New("the server is not activated"), min(pause, lastPause/2)
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			if last != nil {
				return info, fmt.Errorf("%s: %w (last answer: %w)", client.Base, context.Cause(ctx), last)
			}
			return info, fmt.Errorf("%s: %w", client.Base, context.Cause(ctx))
		case <-timer.C:
		}
	}
}

// Login is a server's address and how the zenml client can trust it. The client
// cannot log in before the server is activated.
type Login struct {
	URL      string
	CAFile   string // CA of a private certificate, on the client's machine
	NoVerify bool   // the certificate cannot be verified
}

// LoginCommand returns the command that logs the zenml client in.
func LoginCommand(l Login) string {
	command := "zenml login " + shell.Quote(l.URL)
	switch {
	case l.CAFile != "":
		command += " --ssl-ca-cert " + shell.Quote(l.CAFile)
	case l.NoVerify:
		command += " --no-verify-ssl"
	}
	return command
}
