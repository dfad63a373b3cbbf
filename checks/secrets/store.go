package secrets

import (
	"context"
	"errors"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// place is one of the two secrets stores that the answers can name.
type place struct {
	key   string // of the answers
	store answers.SecretsStore
}

// places are the stores that are in use, the first before its backup.
func places(e *check.Env) []place {
	var all []place
	for _, p := range []place{{"secretsStore", e.Answers.SecretsStore}, {"backupSecretsStore", e.Answers.BackupSecretsStore}} {
		if p.store.Type != "" && p.store.Type != answers.NoSecrets {
			all = append(all, p)
		}
	}
	return all
}

// cloud tells whether the store is one that can be logged into from outside.
func (p place) cloud() bool {
	switch p.store.Type {
	case answers.AWSSecrets, answers.GCPSecrets, answers.AzureSecrets, answers.HashiCorpSecrets:
		return true
	}
	return false
}

// method is how the server logs into the store.
func (p place) method() string {
	switch p.store.Type {
	case answers.AWSSecrets:
		return p.store.AWS.AuthMethod
	case answers.GCPSecrets:
		return p.store.GCP.AuthMethod
	case answers.AzureSecrets:
		return p.store.Azure.AuthMethod
	case answers.HashiCorpSecrets:
		return p.store.HashiCorp.AuthMethod
	}
	return ""
}

func needsCloudStore(e *check.Env) string {
	reason := "the server keeps no secrets"
	for _, p := range places(e) {
		switch {
		case p.cloud():
			return ""
		case p.store.Type == answers.CustomSecrets:
			reason = "the store is a class in the server's image, which only the server can try"
		default:
			reason = "the secrets are kept in the database"
		}
	}
	return reason
}

func needsSQLStore(e *check.Env) string {
	for _, p := range places(e) {
		if p.store.Type == answers.SQLSecrets {
			return ""
		}
	}
	return "no secrets are kept in the database"
}

// loggedIn is a store that has taken the server's credentials.
type loggedIn struct {
	place
	store    stores.Store
	identity stores.Identity
	secrets  []secret.Text
}

var loginMemo = check.NewMemo[*loggedIn]("login to")

// login opens a store with the server's credentials and logs in, once a run.
// The error is a *Fault or says why this machine cannot do it.
func login(ctx context.Context, e *check.Env, p place) (*loggedIn, error) {
	return loginMemo.For(p.key).Get(ctx, e, func(ctx context.Context) (*loggedIn, error) {
		if p.method() == answers.ImplicitAuth {
			return nil, check.Skip("the login is the pod's own identity: only a pod can prove it")
		}
		machine, err := machine(ctx, e)
		if err != nil {
			return nil, err
		}
		store, secrets, err := openStore(ctx, e, p, machine)
		if err != nil {
			return nil, err
		}
		e.AtEnd(func() { store.Close(ctx) })
		identity, err := store.Login(ctx)
		if err != nil {
			return nil, p.fault(err, secrets)
		}
		return &loggedIn{p, store, identity, secrets}, nil
	})
}

// fault makes the report's fault of a store's error. Nothing secret shows,
// whatever the provider has put into its answer.
func (p place) fault(err error, secrets []secret.Text) error {
	var unchecked *stores.Unchecked
	if errors.As(err, &unchecked) {
		return check.Skip("%s", scrub(unchecked.Reason, secrets))
	}
	var own *stores.Fault
	if !errors.As(err, &own) {
		return &check.Fault{Found: p.key + ": " + scrub(err.Error(), secrets), Remedy: "look at the answers below " + p.key, Cause: hidden{err, secrets}}
	}
	f := p.finding(own, secrets)
	if own.Passing {
		return check.Transient(f)
	}
	return f
}

// finding is a store's fault as the report has it.
func (p place) finding(own *stores.Fault, secrets []secret.Text) *check.Fault {
	f := &check.Fault{Found: p.key + ": " + scrub(own.Found, secrets), Why: own.Why, Remedy: scrub(own.Remedy, secrets), Warn: own.Warn}
	if own.Cause != nil {
		f.Cause = hidden{own.Cause, secrets}
	}
	if own.Unseen {
		f.Warn, f.Blocks = true, true
		f.Why = "what counts is what a pod in the cluster sees, and from this machine that cannot be told"
	}
	return f
}

// hidden is an error whose text shows no secret.
type hidden struct {
	error
	secrets []secret.Text
}

func (h hidden) Error() string { return scrub(h.error.Error(), h.secrets) }

func (h hidden) Unwrap() error { return h.error }

// shortest is the length below which a text is no secret, but a part of words.
const shortest = 6

// scrub masks every secret in a text, and every line of one that has several.
func scrub(text string, secrets []secret.Text) string {
	for _, s := range secrets {
		for _, part := range append([]string{s.Reveal()}, strings.Split(s.Reveal(), "\n")...) {
			if len(part) >= shortest && !strings.HasPrefix(part, "-----") {
				text = strings.ReplaceAll(text, part, secret.Mask)
			}
		}
	}
	return text
}
