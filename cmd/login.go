package cmd

import (
	"context"
	"fmt"
	"time"

	"github.com/zenml-installer/zenml-installer/install/connect"
	"github.com/zenml-installer/zenml-installer/internal/poll"
)

// address returns the public address of the server. It returns an error as part
// of the address, so that it does not fail the command.
func (u *setup) address(ctx context.Context) connect.Address {
	found, err := u.engine.Address(ctx, u.answers.Cluster.Namespace, u.answers.Cluster.Release)
	if err != nil {
		found.Unknown = err.Error()
	}
	return found
}

// certificateTime is how long the login line waits for a certificate that
// cert-manager issues.
const certificateTime = time.Minute

// settledAddress is address, once its certificate is issued or certificateTime
// is over.
func (u *setup) settledAddress(ctx context.Context, s Streams) connect.Address {
	found := u.address(ctx)
	if !found.AwaitsCertificate {
		return found
	}
	fmt.Fprintf(s.Err, "Waiting for the certificate of %s\n", found.URL)
	ctx, cancel := context.WithTimeout(ctx, certificateTime)
	defer cancel()
	return u.awaitAddress(ctx, found, func(a connect.Address) bool { return !a.AwaitsCertificate })
}

// awaitAddress queries the address until it is as wanted, or ctx is done. It returns
// the last one that it found.
func (u *setup) awaitAddress(
	ctx context.Context, found connect.Address, isWanted func(connect.Address) bool,
) connect.Address {
	_ = poll.Until(ctx, time.Second, func() (bool, error) {
		latest := u.address(ctx)
		if ctx.Err() == nil && latest.Unknown == "" {
			found = latest
			return isWanted(found), nil
		}
		return false, nil
	})
	return found
}

// printLogin prints how to log in: with the public address, with the
// port-forward while it is open, or with the command that reopens it.
func (u *setup) printLogin(s Streams, local string, lives bool, at connect.Address) {
	if at.Unknown != "" {
		fmt.Fprintf(s.Err, "Where the server is exposed is not known: %s\n", at.Unknown)
	}
	if at.Pending != "" {
		fmt.Fprintf(s.Err, "The server is exposed, but %s. Check again with `%s`.\n", at.Pending,
			u.ownCommand("status"))
	}
	if lives {
		fmt.Fprintln(s.Out, connect.LoginCommand(connect.Login{URL: local}))
	}
	switch {
	case at.URL != "" && at.Trouble != "":
		fmt.Fprintf(s.Err, "The server cannot be reached at %s yet: %s\n"+
			"Check again with `%s`, then log in with:\n", at.URL, at.Trouble, u.ownCommand("status"))
		fmt.Fprintln(s.Out, connect.LoginCommand(at.Login()))
	case at.URL != "":
		fmt.Fprintf(s.Err, "The server is available at %s\n", at.URL)
		fmt.Fprintln(s.Out, connect.LoginCommand(at.Login()))
	case !lives && local != "":
		fmt.Fprintf(s.Err, "Reconnect with `%s`, then log in with:\n", u.connectCommand(local))
		fmt.Fprintln(s.Out, connect.LoginCommand(connect.Login{URL: local}))
	}
}

// printClientAdvice says if the zenml client on this machine is older or newer
// than the server, and how to install the right one.
func printClientAdvice(ctx context.Context, s Streams, server string) {
	if advice := connect.CompareClient(connect.ClientVersion(ctx, s.getenv("PATH")), server); advice != "" {
		fmt.Fprintln(s.Err, advice)
	}
}
