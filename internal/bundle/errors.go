package bundle

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/errcode"

	"github.com/zenml-installer/zenml-installer/internal/transport"
)

// RegistryError is a request that a registry did not fulfill.
type RegistryError struct {
	Image  string
	Push   bool
	Reason string
	Remedy string
	Err    error
}

func (e *RegistryError) Error() string {
	verb := "pull"
	if e.Push {
		verb = "push"
	}
	return fmt.Sprintf("cannot %s %s: %s. %s", verb, e.Image, e.Reason, e.Remedy)
}

// Unwrap returns the cause.
func (e *RegistryError) Unwrap() error { return e.Err }

// registryError explains an error of a registry. It returns the cause of ctx's end
// unchanged.
func registryError(ctx context.Context, ref Reference, push bool, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	e := &RegistryError{Image: ref.Source(), Push: push, Err: err, Reason: transport.Reason(transport.WithoutURL(err)),
		Remedy: "Check the network and the proxy (HTTPS_PROXY, NO_PROXY), and run the same command again: it continues"}
	switch status := statusOf(err); {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		e.Reason = "the registry denies access"
		e.Remedy = "Log in: docker login " + ref.host()
		if push {
			e.Remedy += ". The login needs the right to push"
		}
	case isNoTLS(err):
		e.Reason, e.Remedy = "the registry does not support TLS", "Use --plain-http"
	case status == http.StatusNotFound && !push:
		e.Reason, e.Remedy = "the image does not exist", "Fix its name in the answers"
	case status == http.StatusTooManyRequests:
		e.Reason, e.Remedy = "the registry's rate limit is reached", "Log in: docker login "+ref.host()+
			". Or wait, and run the same command again: it continues"
	}
	return e
}

// statusOf returns the HTTP status that an error stands for, or 0.
func statusOf(err error) int {
	var answer *errcode.ErrorResponse
	switch {
	case errors.As(err, &answer):
		return answer.StatusCode
	case errors.Is(err, auth.ErrBasicCredentialNotFound):
		return http.StatusUnauthorized
	case errors.Is(err, errdef.ErrNotFound):
		return http.StatusNotFound
	}
	return 0
}

// DamagedError reports that a bundle differs from what was written.
type DamagedError struct {
	Dir    string
	File   string // in the bundle
	Reason string
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("the bundle %s is damaged: %s %s. Copy the bundle again, or repair it where it was written: "+
		"zenml-installer generate -f answers.yaml --bundle DIR", e.Dir, e.File, e.Reason)
}
