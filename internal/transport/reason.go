package transport

import (
	"crypto/x509"
	"errors"
	"net"
	"net/url"
	"os"
	"strings"
)

// Reason returns the innermost message of a network or TLS error: "connection
// refused" instead of "Get \"https://…\": dial tcp …: connect: connection
// refused".
func Reason(err error) string {
	for {
		inner := innerError(err)
		if inner == nil {
			return strings.TrimPrefix(strings.TrimPrefix(err.Error(), "tls: "), "x509: ")
		}
		err = inner
	}
}

// innerError unwraps errors that only describe the connection attempt.
func innerError(err error) error {
	var (
		address *url.Error
		op      *net.OpError
		call    *os.SyscallError
		unknown x509.UnknownAuthorityError
	)
	switch {
	case errors.As(err, &address) && address.Err != nil:
		return address.Err
	case errors.As(err, &op) && op.Err != nil:
		return op.Err
	case errors.As(err, &call):
		return call.Err
	case errors.As(err, &unknown) && !errors.Is(err, errUnknownCA):
		return errUnknownCA
	}
	return dnsReason(err)
}

// errUnknownCA replaces the text of x509.UnknownAuthorityError.
var errUnknownCA = errors.New("certificate signed by an unknown CA")

// dnsReason returns the reason of a failed lookup, nil for other errors.
func dnsReason(err error) error {
	var dns *net.DNSError
	if !errors.As(err, &dns) {
		return nil
	}
	if dns.IsTimeout {
		return errors.New("the DNS server did not answer")
	}
	return errors.New(dns.Err)
}
