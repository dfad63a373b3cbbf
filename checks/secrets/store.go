package secrets

import (
	"context"
	"errors"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/redact"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// storeRef refers to one of the answers' secrets stores.
type storeRef struct {
	key   string // the answers key
	store answers.SecretsStore
}

// storeRefs returns the stores in use, the backup store last.
func storeRefs(e *check.Env) []storeRef {
	var all []storeRef
	for _, p := range []storeRef{
		{"secretsStore", e.Answers.SecretsStore}, {"backupSecretsStore", e.Answers.BackupSecretsStore},
	} {
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
	redactor *redact.Redactor
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
		r := &reader{ctx: ctx, e: e, p: p}
		store, secrets, err := openStore(r, machine)
		if err != nil {
			return nil, err
		}
		redactor := newRedactor(secrets)
		e.AtEnd(func() { store.Close(ctx) })
		identity, err := store.Login(ctx)
		if err != nil {
			return nil, withLineBreaks(p.fault(err, redactor), r.breaks)
		}
		return &loggedIn{p, store, identity, redactor}, nil
	})
}

// fault returns the check's fault for a store's error, without secrets.
func (p storeRef) fault(err error, redactor *redact.Redactor) error {
	var unchecked *stores.Unchecked
	if errors.As(err, &unchecked) {
		return check.Skip("%s", redactor.Text(unchecked.Reason))
	}
	var own *stores.Fault
	if !errors.As(err, &own) {
		return &check.Fault{
			Summary: p.key + ": " + redactor.Text(err.Error()),
			Remedy:  "check the answers below " + p.key,
			Err:     redactedError{err, redactor},
		}
	}
	f := p.finding(own, redactor)
	if own.Passing {
		return check.Transient(f)
	}
	return f
}

// withLineBreaks adds to the fault of a login that values end in a line break.
func withLineBreaks(err error, breaks []string) error {
	var fault *check.Fault
	if len(breaks) == 0 || !errors.As(err, &fault) {
		return err
	}
	fault.Summary = strings.Join(breaks, "; ") + "\n" + fault.Summary
	fault.Remedy = "store the value without the line break, with printf %s instead of echo, or kubectl create secret " +
		"--from-literal\n" + fault.Remedy
	return err
}

// finding converts a store's fault into one of the check.
func (p storeRef) finding(own *stores.Fault, redactor *redact.Redactor) *check.Fault {
	f := &check.Fault{
		Summary: p.key + ": " + redactor.Text(own.Summary),
		Reason:  own.Reason,
		Remedy:  redactor.Text(own.Remedy),
		Warn:    own.Warn,
	}
	if own.Err != nil {
		f.Err = redactedError{own.Err, redactor}
	}
	if own.Unseen {
		f.Warn, f.Blocks = true, true
		f.Reason = "only pods in the cluster must reach it, and this machine cannot test that"
	}
	return f
}

// redactedError is an error without secrets in its text.
type redactedError struct {
	error
	redactor *redact.Redactor
}

// Error returns the text of the error with every secret masked.
func (r redactedError) Error() string { return r.redactor.Text(r.error.Error()) }

// Unwrap returns the original error.
func (r redactedError) Unwrap() error { return r.error }

// newRedactor returns a redactor of the secrets, and of every line of those with several
// lines.
func newRedactor(secrets []secret.Text) *redact.Redactor {
	r := &redact.Redactor{}
	for _, s := range secrets {
		r.Add(s.Reveal())
		for line := range strings.Lines(s.Reveal()) {
			if !strings.HasPrefix(line, "-----") {
				r.Add(line)
			}
		}
	}
	return r
}
