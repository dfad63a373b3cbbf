package cmd

import (
	"context"
	"fmt"

	"github.com/zenml-installer/zenml-installer/install/connect"
)

// address is where others reach the server. Why it cannot be told is told in
// its place: it is no reason to fail.
func (u *setup) address(ctx context.Context) connect.Address {
	found, err := u.engine.Address(ctx, u.answers.Cluster.Namespace, u.answers.Cluster.Release)
	if err != nil {
		found.Pending = "its address cannot be asked for: " + err.Error()
	}
	return found
}

// tellLogin prints how the zenml client logs in. Each line is true when it is
// printed: the address by which others reach the server; that of the
// port-forward while it lives; and once it does not, only beside the command
// that opens it again.
func (u *setup) printLogin(s Streams, local string, lives bool, at connect.Address) {
	if at.Pending != "" {
		fmt.Fprintf(s.Err, "The server is exposed, but %s. Ask again with `%s`.\n", at.Pending, u.ownCommand("status"))
	}
	if lives {
		fmt.Fprintln(s.Out, connect.LoginCommand(connect.Login{URL: local}))
	}
	switch {
	case at.URL != "":
		fmt.Fprintf(s.Err, "Others reach the server at %s\n", at.URL)
		fmt.Fprintln(s.Out, connect.LoginCommand(at.Login()))
	case !lives && local != "":
		fmt.Fprintf(s.Err, "It is reached through a port-forward. Open that with `%s`, and then log in with:\n", u.connectCommand(local))
		fmt.Fprintln(s.Out, connect.LoginCommand(connect.Login{URL: local}))
	}
}
