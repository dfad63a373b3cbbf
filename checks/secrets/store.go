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

// storeRef is one of the two secrets stores of the answers.
type storeRef struct {
	key   string // the answers key
	store answers.SecretsStore
}

// storeRefs returns the stores in use, the backup store last.
func storeRefs(e *check.Env) []storeRef {
	var all []storeRef
	for _, p := range []storeRef{{"secretsStore", e.Answers.SecretsStore}, {"backupSecretsStore", e.Answers.BackupSecretsStore}} {
		if p.store.Type != "" && p.store.Type != answers.NoSecrets {
			all = append(all, p)
		}
	}
	return all
}

// isCloud reports whether the checks can log in to the store.
func (p storeRef) isCloud() bool {
	switch p.store.Type {
	case answers.AWSSecrets, answers.GCPSecrets, answers.AzureSecrets, answers.HashiCorpSecrets:
		return true
	}
	return false
}

// method returns the authentication method of the store.
func (p storeRef) method() string {
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
	reason := "the server stores no secrets"
	for _, p := range storeRefs(e) {
		switch {
		case p.isCloud():
			return ""
		case p.store.Type == answers.CustomSecrets:
			reason = "the custom store is a class in the server's image, which only the server can test"
		default:
			reason = "the secrets are stored in the database"
		}
	}
	return reason
}

func needsSQLStore(e *check.Env) string {
	for _, p := range storeRefs(e) {
		if p.store.Type == answers.SQLSecrets {
			return ""
		}
	}
	return "no secrets are stored in the database"
}

// loggedIn is a store that accepted the server's credentials.
type loggedIn struct {
	storeRef
	store    stores.Store
	identity stores.Identity
	secrets  []secret.Text
}

var loginMemo = check.NewMemo[*loggedIn]("login to")

// login opens a store with the server's credentials and logs in once per run. The
// error is a *check.Fault or a skip.
func login(ctx context.Context, e *check.Env, p storeRef) (*loggedIn, error) {
	return loginMemo.For(p.key).Get(ctx, e, func(ctx context.Context) (*loggedIn, error) {
		if p.method() == answers.ImplicitAuth {
			return nil, check.Skip("the credentials are the pod's identity, which only a pod has")
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

// fault returns the check's fault for a store's error, without secrets.
func (p storeRef) fault(err error, secrets []secret.Text) error {
	var unchecked *stores.Unchecked
	if errors.As(err, &unchecked) {
		return check.Skip("%s", redact(unchecked.Reason, secrets))
	}
	var own *stores.Fault
	if !errors.As(err, &own) {
		return &check.Fault{
			Found:  p.key + ": " + redact(err.Error(), secrets),
			Remedy: "check the answers below " + p.key,
			Cause:  redacted{err, secrets},
		}
	}
	f := p.finding(own, secrets)
	if own.Passing {
		return check.Transient(f)
	}
	return f
}

// finding converts a store's fault into one of the check.
func (p storeRef) finding(own *stores.Fault, secrets []secret.Text) *check.Fault {
	f := &check.Fault{
		Found:  p.key + ": " + redact(own.Found, secrets),
		Why:    own.Why,
		Remedy: redact(own.Remedy, secrets),
		Warn:   own.Warn,
	}
	if own.Cause != nil {
		f.Cause = redacted{own.Cause, secrets}
	}
	if own.Unseen {
		f.Warn, f.Blocks = true, true
		f.Why = "only pods in the cluster must reach it, and this machine cannot test that"
	}
	return f
}

// redacted is an error without secrets in its text.
type redacted struct {
	error
	secrets []secret.Text
}

func (h redacted) Error() string { return redact(h.error.Error(), h.secrets) }

func (h redacted) Unwrap() error { return h.error }

// minSecret is the length below which a text is not redacted: it could be part of a word.
const minSecret = 6

// redact masks every secret in a text, also single lines of a secret.
func redact(text string, secrets []secret.Text) string {
	for _, s := range secrets {
		for _, part := range append([]string{s.Reveal()}, strings.Split(s.Reveal(), "\n")...) {
			if len(part) >= minSecret && !strings.HasPrefix(part, "-----") {
				text = strings.ReplaceAll(text, part, secret.Mask)
			}
		}
	}
	return text
}
