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

// Network returns the fault of an error that came before any answer of the
// server at address: name, connection, TLS, proxy. It is nil for others.
// setting names the answer that leads there.
func Network(err error, address, setting string) *Fault {
	f := &Fault{Cause: err}
	host := hostOf(address)
	var dns *net.DNSError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var op *net.OpError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		f.Found, f.Unseen = fmt.Sprintf("there is no host %s, seen from this machine", host), true
		f.Remedy = "correct " + setting
	case errors.As(err, &dns):
		f.Found, f.Unseen, f.Passing = fmt.Sprintf("the name server gives no answer for %s", host), true, dns.IsTemporary
		f.Remedy = "try again, or look at this machine's name servers"
	case errors.As(err, &unknown):
		f.Found = fmt.Sprintf("the certificate of %s is signed by an authority that neither this machine nor the server's image knows", host)
		f.Remedy = "give the authority's certificate in certificates.customCAs"
	case errors.As(err, &name):
		f.Found = fmt.Sprintf("the certificate of %s is for another host: %v", host, name)
		f.Remedy = "use the host name that the certificate is for, in " + setting
	case errors.As(err, &invalid):
		f.Found = fmt.Sprintf("the certificate of %s is not valid: %v", host, invalid)
		f.Remedy = "renew the certificate"
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		f.Found = host + " does not speak TLS"
		f.Remedy = "write http:// in " + setting + ", or another port"
	case errors.Is(err, syscall.ECONNREFUSED):
		f.Found, f.Unseen = fmt.Sprintf("%s refuses the connection", host), true
		f.Remedy = "correct " + setting + ", or start what should listen there"
	case errors.Is(err, syscall.ECONNRESET):
		f.Found, f.Passing = fmt.Sprintf("%s breaks the connection off", host), true
		f.Remedy = "try again; if it stays, look at the proxies and firewalls between here and there"
	case isTimeout(err):
		f.Found, f.Unseen = fmt.Sprintf("%s does not answer", host), true
		f.Remedy = "open the way to it: firewall, security group, private endpoint, proxy (HTTPS_PROXY, NO_PROXY)"
	case errors.As(err, &op):
		f.Found, f.Unseen = fmt.Sprintf("%s cannot be reached: %v", host, op.Err), true
		f.Remedy = "look at the network between here and there, and at HTTPS_PROXY and NO_PROXY"
	default:
		return nil
	}
	return f
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}

func hostOf(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Host
	}
	return address
}
