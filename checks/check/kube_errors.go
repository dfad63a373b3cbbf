package check

import (
	"errors"
	"io"
	"regexp"
	"strings"
	"syscall"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// KubeError marks the errors of an API server that a retry may resolve.
func KubeError(err error) error {
	if _, _, down := WebhookDown(err); down || err == nil {
		return err
	}
	switch {
	case apierrors.IsServerTimeout(err), apierrors.IsTooManyRequests(err), apierrors.IsServiceUnavailable(err),
		apierrors.IsInternalError(err), apierrors.IsTimeout(err):
		return Transient(err)
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.ErrUnexpectedEOF):
		return Transient(err)
	}
	return err
}

// webhookCall matches the API server's error about a webhook that does not answer.
var webhookCall = regexp.MustCompile(`failed calling webhook "([^"]+)": (?s)(.+)`)

// dialPrefix is how the API server made a connection: "dial tcp 10.0.0.1:443: connect: ".
var dialPrefix = regexp.MustCompile(`dial tcp [^ ]+: (connect: )?|tls: failed to verify certificate: |x509: `)

// WebhookDown reports whether an admission webhook did not answer, its name and the
// reason. Unlike other internal errors, it lasts.
func WebhookDown(err error) (name, reason string, down bool) {
	if !apierrors.IsInternalError(err) && !apierrors.IsTimeout(err) {
		return "", "", false
	}
	parts := webhookCall.FindStringSubmatch(err.Error())
	if parts == nil {
		return "", "", false
	}
	reason = strings.TrimPrefix(parts[2], "failed to call webhook: ")
	if _, cause, ok := strings.Cut(reason, `": `); ok { // Post "https://…": cause
		reason = cause
	}
	return parts[1], dialPrefix.ReplaceAllString(reason, ""), true
}
