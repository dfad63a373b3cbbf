package chart

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strings"

	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/errcode"

	"github.com/zenml-installer/zenml-installer/internal/transport"
)

// Reason is why a chart could not be loaded.
type Reason string

// The reasons. A missing version is a VersionError instead.
const (
	ReasonInvalid      Reason = "the reference is not valid"
	ReasonNotFound     Reason = "no such chart"
	ReasonUnauthorized Reason = "access denied"
	ReasonExpired      Reason = "the registry rejects the login, which is expired or invalid"
	ReasonLogins       Reason = "the registry logins cannot be read"
	ReasonUnreachable  Reason = "unreachable"
	ReasonUntrusted    Reason = "its certificate is not trusted"
	ReasonNotAChart    Reason = "it is not a Helm chart"
	ReasonCorrupt      Reason = "it was tampered with or damaged"
	ReasonTooLarge     Reason = "it is too large for a ZenML chart"
	ReasonUnsigned     Reason = "it is not signed"
	ReasonSignature    Reason = "its signature does not match"
	ReasonOtherKey     Reason = "it is signed with another key"
	ReasonKeys         Reason = "its signature cannot be verified"
)

// SourceError explains why a chart could not be loaded.
type SourceError struct {
	Ref    string // without its password
	Reason Reason
	Remedy string
	Err    error // the cause, may be nil
}

func (e *SourceError) Error() string {
	text := fmt.Sprintf("chart %q: %s", e.Ref, e.Reason)
	if e.Err != nil {
		text += ": " + transport.Reason(e.Err)
	}
	if e.Remedy != "" {
		text += " (" + e.Remedy + ")"
	}
	return text
}

// Unwrap returns the cause.
func (e *SourceError) Unwrap() error { return e.Err }

// remedied separates the failure from the remedy, for reports that show both.
type remedied struct {
	found, remedy string
	err           error
}

func (r *remedied) Error() string  { return r.found }
func (r *remedied) Remedy() string { return r.remedy }
func (r *remedied) Unwrap() error  { return r.err }

// WithRemedy adds a method Remedy to an error of Load and removes the remedy
// from its message. It returns other errors unchanged.
func WithRemedy(err error) error {
	var source *SourceError
	var version *VersionError
	switch {
	case errors.As(err, &version) && len(version.Nearest) > 0:
		newest := version.Nearest[len(version.Nearest)-1]
		return &remedied{version.Error(), "set chart.version to an existing version: chart: {version: " + newest + "}", err}
	case errors.As(err, &source) && source.Remedy != "":
		bare := *source
		bare.Remedy = ""
		return &remedied{bare.Error(), source.Remedy, err}
	}
	return err
}

// VersionError means that the requested version does not exist.
type VersionError struct {
	Ref     string
	Version string   // requested version or constraint
	Nearest []string // nearest available versions, oldest first
}

func (e *VersionError) Error() string {
	if e.Version == "" {
		return fmt.Sprintf("chart %q has no stable version (nearest: %s)", e.Ref, orNone(e.Nearest))
	}
	return fmt.Sprintf("chart %q has no version %s (nearest: %s)", e.Ref, e.Version, orNone(e.Nearest))
}

func orNone(versions []string) string {
	if len(versions) == 0 {
		return "none"
	}
	return strings.Join(versions, ", ")
}

// sourceError converts an error of a registry, a repository or the file system
// into a SourceError. It returns this package's errors and context errors
// unchanged.
func sourceError(ctx context.Context, s Source, err error) error {
	var known *SourceError
	var version *VersionError
	if errors.As(err, &known) || errors.As(err, &version) {
		return err
	}
	if ctx.Err() != nil {
		return fmt.Errorf("chart %q: %w", s.redactedRef(), context.Cause(ctx))
	}
	reason, remedy := classify(err)
	return &SourceError{Ref: s.redactedRef(), Reason: reason, Remedy: remedy, Err: transport.WithoutURL(err)}
}

func classify(err error) (Reason, string) {
	var answer *errcode.ErrorResponse
	if errors.As(err, &answer) {
		return classifyStatus(answer.StatusCode)
	}
	var unknownCA x509.UnknownAuthorityError
	var wrongHost x509.HostnameError
	var invalid x509.CertificateInvalidError
	var alert tls.AlertError
	switch {
	case errors.Is(err, errdef.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return classifyStatus(http.StatusNotFound)
	case errors.Is(err, auth.ErrBasicCredentialNotFound), errors.Is(err, fs.ErrPermission):
		return classifyStatus(http.StatusUnauthorized)
	case errors.Is(err, http.ErrSchemeMismatch):
		return ReasonUnreachable, "the registry speaks plain HTTP: use --plain-http"
	case errors.As(err, &unknownCA), errors.As(err, &wrongHost), errors.As(err, &invalid), errors.As(err, &alert):
		return ReasonUntrusted, "add the registry's CA to this machine's trust store, or name it in SSL_CERT_FILE"
	case strings.Contains(err.Error(), "redirects"): // net/http has no type for it
		return ReasonUnreachable, "the server redirects in a loop: fix chart.ref, or set it to a pulled chart"
	case unreachable(err):
		return ReasonUnreachable, "check chart.ref, the network and the proxy (HTTPS_PROXY, NO_PROXY), or set chart.ref to a pulled chart"
	default:
		return ReasonNotAChart, "set chart.ref to the chart itself, such as oci://public.ecr.aws/zenml/zenml"
	}
}

func classifyStatus(code int) (Reason, string) {
	switch code {
	case http.StatusUnauthorized, http.StatusForbidden:
		return ReasonUnauthorized, "log in with helm registry login, or log out if an old login is rejected; some registries answer so for charts that do not exist"
	case http.StatusNotFound:
		return ReasonNotFound, "check chart.ref"
	default:
		return ReasonUnreachable, "the server answered with an error: try again later"
	}
}

func unreachable(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	var u *url.Error
	return errors.As(err, &op) || errors.As(err, &dns) || errors.As(err, &u)
}
