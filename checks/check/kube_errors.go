package check

import (
	"errors"
	"io"
	"syscall"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// KubeError marks the errors of an API server that a retry may resolve.
func KubeError(err error) error {
	switch {
	case err == nil:
		return nil
	case apierrors.IsServerTimeout(err), apierrors.IsTooManyRequests(err), apierrors.IsServiceUnavailable(err),
		apierrors.IsInternalError(err), apierrors.IsTimeout(err):
		return Transient(err)
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.ErrUnexpectedEOF):
		return Transient(err)
	}
	return err
}
