package chart

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"

	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/credentials"
)

// logins finds registry credentials where Helm and Docker store them. Published
// charts need none, so credentials that cannot be read or are rejected are not
// an error: pullOCI tries again anonymously.
type logins struct {
	stores    []*credentials.DynamicStore
	anonymous bool

	mu     sync.Mutex
	used   string // the file with the credentials that were sent
	failed error  // why credentials could not be read
	file   string // the configuration that names the failing helper
}

func newLogins(src Source) (*logins, error) {
	l := &logins{}
	options := credentials.StoreOptions{DetectDefaultNativeStore: true}
	own, err := credentials.NewStore(src.credentials(), options)
	if err != nil && !strings.Contains(err.Error(), "EOF") { // Helm accepts an empty file
		return nil, &SourceError{
			Ref: src.redactedRef(), Reason: ReasonLogins, Err: err,
			Remedy: "fix or delete " + src.credentials(),
		}
	}
	if err == nil {
		l.stores = append(l.stores, own)
	}
	if docker, err := credentials.NewStoreFromDocker(options); err == nil {
		l.stores = append(l.stores, docker)
	}
	return l, nil
}

func withoutLogins() *logins { return &logins{anonymous: true} }

// authorizer sends the login of a registry when the registry asks for one.
func (l *logins) authorizer(client *http.Client) *auth.Client {
	a := &auth.Client{Client: client, Cache: auth.NewCache(), Credential: l.credential}
	a.SetUserAgent("zenml-installer")
	return a
}

func (l *logins) credential(ctx context.Context, host string) (auth.Credential, error) {
	if l.anonymous {
		return auth.EmptyCredential, nil
	}
	for _, store := range l.stores {
		found, err := credentials.Credential(store)(ctx, host)
		l.mu.Lock()
		if err != nil {
			l.failed, l.file = err, store.ConfigPath()
		} else if found != auth.EmptyCredential {
			l.used = store.ConfigPath()
		}
		l.mu.Unlock()
		if err == nil && found != auth.EmptyCredential {
			return found, nil
		}
	}
	return auth.EmptyCredential, nil
}

var helperName = regexp.MustCompile(`docker-credential-[\w-]+`)

// explain adds the remedy to an access error, depending on whether credentials
// could not be read, were rejected or are missing.
func (l *logins) explain(err error, src Source) error {
	if reason, _ := classify(err); reason != ReasonUnauthorized {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	host := src.host()
	denied := &SourceError{
		Ref: src.redactedRef(), Reason: ReasonUnauthorized, Err: err,
		Remedy: fmt.Sprintf("log in with helm registry login %s; some registries answer so for charts that do not exist", host),
	}
	switch {
	case l.failed != nil:
		helper := helperName.FindString(l.failed.Error())
		denied.Reason, denied.Err = ReasonLogins, l.failed
		denied.Remedy = fmt.Sprintf("remove credsStore and credHelpers from %s, or log in with helm registry login %s",
			l.file, host)
		if helper != "" {
			denied.Err = fmt.Errorf("%s does not work", helper)
			denied.Remedy = fmt.Sprintf("install %s, or remove it from %s (credsStore, credHelpers)", helper, l.file)
		}
	case l.used != "":
		denied.Reason, denied.Err = ReasonExpired, nil
		denied.Remedy = fmt.Sprintf("log in again: helm registry login %s (the login is in %s)", host, l.used)
	}
	return denied
}

// host returns the registry of an OCI reference.
func (s Source) host() string {
	host, _, _ := strings.Cut(strings.TrimPrefix(s.Ref, "oci://"), "/")
	return host
}

// isDenied reports whether a registry rejected the credentials. It may still
// serve the chart anonymously.
func (l *logins) isDenied(err error) bool {
	var known *SourceError
	if err == nil || errors.As(err, &known) {
		return false
	}
	reason, _ := classify(err)
	l.mu.Lock()
	defer l.mu.Unlock()
	return reason == ReasonUnauthorized && l.used != ""
}
