// Package account creates service accounts of the server for CI, and keeps their
// API keys in a Secret or a file. The server shows a key only once.
package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/internal/zenml"
)

// Keeper keeps an API key.
type Keeper interface {
	// Read returns the key, or an empty text if there is none yet. It fails if the
	// key could not be written.
	Read(context.Context) (secret.Text, error)
	// Write keeps a key instead of the previous one.
	Write(context.Context, secret.Text) error
	// KeyName is the name of the key on the server.
	KeyName() string
	// String describes where the key is.
	String() string
}

// Request describes a service account.
type Request struct {
	Server   zenml.Client
	Admin    string
	Password func(context.Context) (secret.Text, error) // of the admin; read only if it is needed
	Name     string
	Keeper   Keeper
}

// Result is what Ensure did.
type Result struct {
	Name     string // of the service account
	Place    string // where the key is
	Created  bool   // the service account is new
	Kept     bool   // the key was there, and the server accepts it
	Replaced bool   // the server's previous key for this place is no longer valid
}

// String describes the result for users.
func (r Result) String() string {
	switch {
	case r.Kept:
		return fmt.Sprintf("Kept the API key of service account %s in %s.", r.Name, r.Place)
	case r.Created:
		return fmt.Sprintf("Created service account %s. Its API key is in %s.", r.Name, r.Place)
	case r.Replaced:
		return fmt.Sprintf("Replaced the API key of service account %s, which was not in %s any more; the previous "+
			"key is no longer valid.", r.Name, r.Place)
	}
	return fmt.Sprintf("Service account %s exists. Its new API key is in %s.", r.Name, r.Place)
}

// cleanupTime limits the deletion of a key that could not be kept.
const cleanupTime = 10 * time.Second

// Ensure creates a service account and its API key, unless the key is already
// kept and the server accepts it. The error is zenml.ErrUnsupported if the server
// has no service accounts.
func Ensure(ctx context.Context, r Request) (Result, error) {
	result := Result{Name: r.Name, Place: r.Keeper.String()}
	kept, err := r.Keeper.Read(ctx)
	if err != nil {
		return result, err
	}
	if result.Kept, err = r.accepts(ctx, kept); err != nil || result.Kept {
		return result, err
	}
	password, err := r.Password(ctx)
	if err != nil {
		return result, err
	}
	admin, err := r.Server.LogIn(ctx, r.Admin, password)
	if err != nil {
		return result, fmt.Errorf("log in as %s: %w", r.Admin, err)
	}
	id, created, err := admin.EnsureServiceAccount(ctx, r.Name)
	if err != nil {
		return result, err
	}
	result.Created = created
	key, replaced, err := admin.CreateKey(ctx, id, r.Keeper.KeyName())
	if err != nil {
		return result, fmt.Errorf("create the API key: %w", err)
	}
	result.Replaced = replaced
	if err := r.Keeper.Write(ctx, key); err != nil {
		cleanup, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
		defer cancel()
		return result, errors.Join(err, admin.DeleteKey(cleanup, id, r.Keeper.KeyName()))
	}
	return result, nil
}

// accepts reports whether the server accepts a key as the one of the account. It
// fails if the key belongs to another account.
func (r Request) accepts(ctx context.Context, key secret.Text) (bool, error) {
	if key.Empty() {
		return false, nil
	}
	account, err := r.Server.LogInWithKey(ctx, key)
	if errors.Is(err, zenml.ErrRefused) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("log in with the API key in %s: %w", r.Keeper, err)
	}
	name, err := account.UserName(ctx)
	if err == nil && name != r.Name {
		err = fmt.Errorf("%s has the API key of service account %s: use another Secret or file for %s", r.Keeper,
			name, r.Name)
	}
	return err == nil, err
}
