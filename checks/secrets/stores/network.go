package stores

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"syscall"
)

// Network returns the fault of an error before the first response of the server: DNS,
// connection, TLS or proxy. It is nil for other errors. setting is the answer that
// determines the address.
func Network(err error, address, setting string) *Fault {
	f := &Fault{Err: err}
	host := hostOf(address)
	var dns *net.DNSError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var op *net.OpError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		f.Summary, f.Unseen = fmt.Sprintf("cannot resolve %s on this machine: no such host", host), true
		f.Remedy = "correct " + setting
	case errors.As(err, &dns):
		f.Summary, f.Unseen, f.Passing = fmt.Sprintf("cannot resolve %s: the DNS server did not answer",
			host), true, dns.IsTemporary
		f.Remedy = "try again, or check this machine's DNS: nslookup " + nameOf(host)
	case errors.As(err, &unknown):
		f.Summary = fmt.Sprintf("the certificate of %s is signed by an unknown CA", host)
		f.Remedy = "add the CA certificate to certificates.customCAs"
	case errors.As(err, &name):
		f.Summary = fmt.Sprintf("the certificate of %s is for another host: %v", host, name)
		f.Remedy = "set " + setting + " to the host name in the certificate"
	case errors.As(err, &invalid):
		f.Summary = fmt.Sprintf("the certificate of %s is not valid: %v", host, invalid)
		f.Remedy = "renew the certificate of " + host
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		f.Summary = host + " does not speak TLS"
		f.Remedy = "use http:// or another port in " + setting
	case errors.Is(err, syscall.ECONNREFUSED):
		f.Summary, f.Unseen = fmt.Sprintf("cannot connect to %s: connection refused", host), true
		f.Remedy = "start the server, or correct " + setting
	case errors.Is(err, syscall.ECONNRESET):
		f.Summary, f.Passing = fmt.Sprintf("%s closed the connection", host), true
		f.Remedy = "try again; if it persists, check the proxies and firewalls between this machine and " + host
	case isTimeout(err):
		f.Summary, f.Unseen = fmt.Sprintf("cannot connect to %s: no answer", host), true
		f.Remedy = "allow the connection in the firewall, security group, private endpoint or proxy " +
			"(HTTPS_PROXY, NO_PROXY)"
	case errors.As(err, &op):
		f.Summary, f.Unseen = fmt.Sprintf("cannot connect to %s: %v", host, op.Err), true
		f.Remedy = "check the network, HTTPS_PROXY and NO_PROXY"
	default:
		return nil
	}
	return f
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) ||
		errors.As(err, &timeout) && timeout.Timeout()
}

// nameOf returns the host without its port.
func nameOf(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

func hostOf(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Host
	}
	return address
}
