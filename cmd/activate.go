package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/zenml-installer/zenml-installer/install/account"
	"github.com/zenml-installer/zenml-installer/install/connect"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/poll"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/internal/zenml"
	"github.com/zenml-installer/zenml-installer/wizard"
)

// claimedError means that another account is already the server's admin: it was
// created by someone else meanwhile, or is from an existing database.
type claimedError struct {
	user string
	err  error
}

func (e *claimedError) Error() string {
	return fmt.Sprintf("the server was already activated with another account, and %s cannot log in (%v). "+
		"Log in with that account, or install with a new, empty database", e.user, e.err)
}

func (e *claimedError) Is(target error) bool { return target == wizard.ErrOtherAdmin }

func (e *claimedError) Unwrap() error { return e.err }

// checkAdminPassword returns what would keep the first install from creating the
// admin account, before anything is changed.
func (u *setup) checkAdminPassword(ctx context.Context, first bool) error {
	if !first || u.answers.Admin.Activate != answers.ActivateAuto {
		return nil
	}
	password, err := u.adminPassword(ctx)
	if err != nil {
		return err
	}
	return weakPassword(password)
}

// weakPassword returns why the dashboard refuses a password, or nil.
func weakPassword(password secret.Text) error {
	if missing := answers.AdminPassword(password.Reveal()); missing != "" {
		return usagef("admin.password: the password is too weak for the dashboard; add %s", missing)
	}
	return nil
}

// activeTimeout is how long a plan waits for a running server, which may be stopped.
const activeTimeout = 5 * time.Second

// isActivated reports whether the release's server answers and is activated.
func (u *setup) isActivated(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, activeTimeout)
	defer cancel()
	at := u.answers.Cluster
	tunnel, err := u.engine.Forward(ctx, connect.ForwardRequest{Namespace: at.Namespace, Release: at.Release}, nil)
	if err != nil {
		return false
	}
	defer tunnel.Close()
	info, err := zenml.Client{Base: tunnel.URL()}.Info(ctx)
	return err == nil && info.Active
}

// activate activates the server as the answers specify.
func (u *setup) activate(ctx context.Context, c connection, client zenml.Client, info zenml.Info) error {
	switch {
	case u.answers.Admin.Activate == answers.ActivateAuto:
		return u.activateNow(ctx, c, client, info)
	case info.Active:
		fmt.Fprintln(c.streams.Err, "The server is activated.")
		u.openPage(ctx, c, client.Base)
		return nil
	case !c.stay && u.isClosed(ctx):
		fmt.Fprintln(c.streams.Err, u.closedSentence())
		return nil
	case !c.stay:
		fmt.Fprintf(c.streams.Err, "The server is not activated: the first person to open it becomes the admin. "+
			"Activate it with `%s`.\n", u.connectCommand(""))
		return nil
	}
	return u.activateInBrowser(ctx, c, client)
}

// activateNow creates the admin account and verifies that it can log in. If a
// server that is installed for the first time already has another admin, it
// fails; on later runs the password may have changed.
func (u *setup) activateNow(ctx context.Context, c connection, client zenml.Client, info zenml.Info) error {
	err := u.activateAuto(ctx, client, info)
	var claimed *claimedError
	switch {
	case errors.As(err, &claimed) && c.first:
		return &failure{code: exitInstall, err: fmt.Errorf("the release is installed, but %w", claimed)}
	case err != nil && info.Active && !c.first:
		fmt.Fprintf(c.streams.Err, "The server is activated. Could not verify the login of %s: %v\n",
			u.answers.Admin.Username, err)
	case err != nil:
		return err
	case !info.LogsInByPassword():
		fmt.Fprintln(c.streams.Err, "The server is activated.")
	default:
		fmt.Fprintf(c.streams.Err, "The server is activated with admin %s.\n", u.answers.Admin.Username)
	}
	if info.Active {
		u.openPage(ctx, c, client.Base)
	}
	return nil
}

// activateAuto creates the admin account and verifies that it can log in. The
// error is a *claimedError if there is another admin.
func (u *setup) activateAuto(ctx context.Context, client zenml.Client, info zenml.Info) error {
	if info.Active && !info.LogsInByPassword() {
		return nil
	}
	password, err := u.adminPassword(ctx)
	if err != nil {
		return err
	}
	if info.Active {
		return u.proveLogin(ctx, client, password)
	}
	if err := weakPassword(password); err != nil {
		return err
	}
	err = client.Activate(ctx, zenml.Activation{
		ServerName: u.answers.Admin.ServerName, Username: u.answers.Admin.Username, Password: password,
	})
	if errors.Is(err, zenml.ErrAlreadyActive) { // someone else activated it
		return u.proveLogin(ctx, client, password)
	}
	if err != nil {
		return fmt.Errorf("activate the server: %w", err)
	}
	if err := client.Login(ctx, u.answers.Admin.Username, password); err != nil {
		return fmt.Errorf("the server is activated, but %s cannot log in: %w", u.answers.Admin.Username, err)
	}
	return nil
}

// A server is marked as active before its admin is created (activate_server in ZenML
// 0.98.0), so a refused login is repeated. The server allows few logins a minute.
const (
	loginTries = 3
	loginEvery = 2 * time.Second
)

// proveLogin logs in to a server that is already activated.
func (u *setup) proveLogin(ctx context.Context, client zenml.Client, password secret.Text) error {
	tries := 0
	err := poll.Until(ctx, loginEvery, func() (bool, error) {
		tries++
		err := client.Login(ctx, u.answers.Admin.Username, password)
		if errors.Is(err, zenml.ErrRefused) && tries < loginTries {
			return false, nil
		}
		return true, err
	})
	switch {
	case errors.Is(err, zenml.ErrRefused):
		return &claimedError{u.answers.Admin.Username, err}
	case err != nil:
		return fmt.Errorf("%s cannot log in: %w", u.answers.Admin.Username, err)
	}
	return nil
}

// serviceAccount creates the service account of the answers with its API key, and
// returns a sentence about it. There is none if the answers name no account.
func (u *setup) serviceAccount(ctx context.Context, client zenml.Client) (string, error) {
	admin := u.answers.Admin
	name := admin.ServiceAccount.Name
	if name == "" || admin.Activate != answers.ActivateAuto {
		return "", nil
	}
	if !u.logsInByPassword() {
		return fmt.Sprintf("Warning: service account %s was not created: %s cannot log in with a password "+
			"(server.auth.scheme).", name, admin.Username), nil
	}
	keeper, err := u.apiKeyKeeper()
	if err != nil {
		return "", err
	}
	created, err := account.Ensure(ctx, account.Request{
		Server: client, Admin: admin.Username, Name: name, Keeper: keeper,
		Password: u.adminPassword,
	})
	if errors.Is(err, zenml.ErrUnsupported) {
		return fmt.Sprintf("Warning: service account %s was not created: %v.", name, zenml.ErrUnsupported), nil
	}
	if err != nil {
		return "", fmt.Errorf("service account %s has no API key in %s: %w. Run the same command again", name, keeper, err)
	}
	return created.String(), nil
}

// apiKeyKeeper returns where the API key of the service account is written to.
func (u *setup) apiKeyKeeper() (account.Keeper, error) {
	if file := u.answers.Admin.ServiceAccount.File; file != "" {
		return account.File{Path: answers.Source{File: file}.Path(u.local.Dir)}, nil
	}
	client, err := u.cluster.Client()
	at := u.answers.Cluster
	return account.Secret{Client: client, Namespace: at.Namespace, Release: at.Release, Name: u.apiKeySecret()}, err
}

// apiKeySecret returns the name of the Secret that keeps the API key.
func (u *setup) apiKeySecret() string {
	a := u.answers.Admin.ServiceAccount
	return cmp.Or(a.SecretName, u.answers.Cluster.Release+"-"+a.Name+"-api-key")
}

// serviceAccountSentence announces the service account, or is empty.
func (u *setup) serviceAccountSentence() string {
	a := u.answers.Admin.ServiceAccount
	switch {
	case a.Name == "" || u.answers.Admin.Activate != answers.ActivateAuto:
		return ""
	case a.File != "":
		return fmt.Sprintf("Create service account %s and write its API key to %s.", a.Name, a.File)
	}
	return fmt.Sprintf("Create service account %s and write its API key to Secret %s.", a.Name, u.apiKeySecret())
}

// createServiceAccount creates the service account of the answers. A failure is
// shown, but the server is installed and activated without it.
func (e *engine) createServiceAccount(ctx context.Context, u *setup, client zenml.Client) {
	text, err := u.serviceAccount(ctx, client)
	if err != nil {
		text = "Warning: " + err.Error() + "."
	}
	e.mu.Lock()
	e.account = text
	observe := e.observe
	e.mu.Unlock()
	if text != "" && observe != nil {
		observe(event.Notice{Text: text})
	}
}

// serviceAccountResult returns what became of the service account, or "".
func (e *engine) serviceAccountResult() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.account
}
