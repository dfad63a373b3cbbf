package cmd

import (
	"context"
	"errors"
	"fmt"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/internal/zenml"
)

// claimedError says that the server has an admin already, who is not the one
// of the answers: someone was first, or the database is one of before.
type claimedError struct {
	user string
	err  error
}

func (e *claimedError) Error() string {
	return fmt.Sprintf("the server was activated before, so the user and password of the answers were not used, and they do not open it (%v); "+
		"log in with the account that activated it, or give the server a database of its own, in which %s becomes the admin", e.err, e.user)
}

func (e *claimedError) Unwrap() error { return e.err }

// activate has the server activated as the answers say.
func (u *setup) activate(ctx context.Context, c connection, client zenml.Client, info zenml.Info) error {
	switch {
	case u.answers.Admin.Activate == answers.ActivateAuto:
		return u.activateNow(ctx, c, client, info)
	case info.Active:
		fmt.Fprintln(c.streams.Err, "The server is activated.")
		u.openPage(ctx, c, client.Base)
		return nil
	case !c.stay:
		fmt.Fprintf(c.streams.Err, "The server is not activated: whoever reaches it first becomes its admin. Activate it with `%s`.\n", u.connectCommand(""))
		return nil
	}
	return u.activateInBrowser(ctx, c, client)
}

// activateNow makes the first admin, and proves it by logging in. A server
// that others have claimed is no success of a first install; later it may well
// have another password by now.
func (u *setup) activateNow(ctx context.Context, c connection, client zenml.Client, info zenml.Info) error {
	err := u.activateAuto(ctx, client, info)
	var claimed *claimedError
	switch {
	case errors.As(err, &claimed) && c.first:
		return &failure{code: exitInstall, err: fmt.Errorf("the release is installed, but %w", claimed)}
	case err != nil && info.Active && !c.first:
		fmt.Fprintf(c.streams.Err, "The server is activated. Not proved that %s can log in: %v\n", u.answers.Admin.Username, err)
	case err != nil:
		return err
	case !info.LogsInByPassword():
		fmt.Fprintln(c.streams.Err, "The server is activated.")
	default:
		fmt.Fprintf(c.streams.Err, "The server is activated; its admin is %s.\n", u.answers.Admin.Username)
	}
	if info.Active {
		u.openPage(ctx, c, client.Base)
	}
	return nil
}

// activateAuto makes the first admin, and proves that user and password open
// the server. The error is a *claimedError when there is another admin already.
func (u *setup) activateAuto(ctx context.Context, client zenml.Client, info zenml.Info) error {
	if info.Active && !info.LogsInByPassword() {
		return nil
	}
	password, err := u.secret(ctx, "admin.password")
	if err != nil {
		return err
	}
	if info.Active {
		return u.proveLogin(ctx, client, password)
	}
	if missing := answers.AdminPassword(password.Reveal()); missing != "" {
		return usagef("admin.password: the server's dashboard would refuse this password; it needs %s", missing)
	}
	err = client.Activate(ctx, zenml.Activation{
		ServerName: u.answers.Admin.ServerName, Username: u.answers.Admin.Username, Password: password,
	})
	if errors.Is(err, zenml.ErrAlreadyActive) { // someone was a moment faster
		return u.proveLogin(ctx, client, password)
	}
	if err != nil {
		return fmt.Errorf("activate the server: %w", err)
	}
	if err := client.Login(ctx, u.answers.Admin.Username, password); err != nil {
		return fmt.Errorf("the server is activated, but the login of %s fails: %w", u.answers.Admin.Username, err)
	}
	return nil
}

// proveLogin logs into a server that was activated before.
func (u *setup) proveLogin(ctx context.Context, client zenml.Client, password secret.Text) error {
	err := client.Login(ctx, u.answers.Admin.Username, password)
	switch {
	case errors.Is(err, zenml.ErrRefused):
		return &claimedError{u.answers.Admin.Username, err}
	case err != nil:
		return fmt.Errorf("the login of %s fails: %w", u.answers.Admin.Username, err)
	}
	return nil
}
