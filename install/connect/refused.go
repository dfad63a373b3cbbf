package connect

import (
	"fmt"
	"net/url"
)

// RefusedError means that a proxy between this machine and the API server
// rejects port-forwards. The server itself is not affected.
type RefusedError struct {
	Host string // URL of the API server
	Err  error
}

func (e *RefusedError) Error() string {
	host := e.Host
	if u, err := url.Parse(e.Host); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	return fmt.Sprintf("a proxy between this machine and %s refuses the port-forward (%v). Bypass it: "+
		"export NO_PROXY=%s, run zenml-installer connect on a machine with direct access, or set expose.type",
		e.Host, e.Err, host)
}

// Unwrap returns the dialer's error.
func (e *RefusedError) Unwrap() error { return e.Err }
