package standin

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"github.com/go-sql-driver/mysql"
)

// Client-side error numbers of MySQL.
const (
	clientCannotConnect = 2003
	clientLostServer    = 2013
	clientTLS           = 2026
)

// mysqlError converts a driver's error to PyMySQL's. The driver's errors never
// contain the password.
func mysqlError(err error, host string) error {
	var py *pyError
	if errors.As(err, &py) {
		return err
	}
	operational := func(code int, message string) error {
		return databaseError("pymysql.err", "OperationalError", code, message, err)
	}
	var refused *mysql.MySQLError
	if errors.As(err, &refused) {
		return databaseError("pymysql.err", mysqlClass(refused.Number), int(refused.Number), refused.Message, err)
	}
	if errors.Is(err, mysql.ErrNoTLS) {
		return operational(clientTLS, "SSL connection error: SSL is required but the server doesn't support it")
	}
	if fault := tlsFault(err); fault != "" {
		return operational(clientCannotConnect, fmt.Sprintf("Can't connect to MySQL server on '%s' (%s)", host, fault))
	}
	if fault := networkFault(err); fault != "" {
		return operational(clientCannotConnect, fmt.Sprintf("Can't connect to MySQL server on '%s' (%s)", host, fault))
	}
	return operational(clientLostServer, "Lost connection to MySQL server during query")
}

// mysqlClass returns PyMySQL's exception class for a server's error number.
func mysqlClass(number uint16) string {
	switch number {
	case 1007, 1064, 1102, 1103, 1146, 1149:
		return "ProgrammingError"
	case 1048, 1062, 1216, 1217, 1451, 1452:
		return "IntegrityError"
	case 1264, 1265, 1406:
		return "DataError"
	}
	return "OperationalError"
}

// tlsFault returns OpenSSL's text for a failed handshake, or "".
func tlsFault(err error) string {
	var wrongName x509.HostnameError
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var header tls.RecordHeaderError
	var alert tls.AlertError
	verify := func(why string) string {
		return "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: " + why + " (_ssl.c:1006)"
	}
	switch {
	case errors.As(err, &wrongName):
		return verify(fmt.Sprintf("Hostname mismatch, certificate is not valid for '%s'.", wrongName.Host))
	case errors.Is(err, errNoRoot):
		return verify("unable to get issuer certificate")
	case errors.As(err, &unknown):
		return verify(untrusted(err, unknown.Cert))
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return verify("certificate has expired")
	case errors.As(err, &invalid):
		return verify("invalid certificate")
	case errors.As(err, &header):
		return "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)"
	case errors.As(err, &alert):
		return "[SSL] " + strings.TrimPrefix(alert.Error(), "tls: ")
	case strings.Contains(err.Error(), "tls: "):
		return "[SSL] " + err.Error()[strings.Index(err.Error(), "tls: ")+len("tls: "):]
	}
	return ""
}

// untrusted returns OpenSSL's text for a chain without a known CA.
func untrusted(err error, last *x509.Certificate) string {
	if last == nil || !bytes.Equal(last.RawIssuer, last.RawSubject) {
		return "unable to get local issuer certificate"
	}
	var chain *tls.CertificateVerificationError
	if errors.As(err, &chain) && chain.UnverifiedCertificates[0].Equal(last) {
		return "self-signed certificate"
	}
	return "self-signed certificate in certificate chain"
}

// networkFault returns Python's text for a failed dial, or "".
func networkFault(err error) string {
	var dns *net.DNSError
	var dial *net.OpError
	var number syscall.Errno
	switch {
	case errors.As(err, &dns) && dns.IsTimeout:
		return "[Errno -3] Temporary failure in name resolution"
	case errors.As(err, &dns):
		return "[Errno -2] Name or service not known"
	case errors.As(err, &dial) && dial.Op != "dial":
		return ""
	case errors.As(err, &dial) && dial.Timeout():
		return "timed out"
	case errors.As(err, &number):
		text := number.Error()
		return fmt.Sprintf("[Errno %d] %s", int(number), strings.ToUpper(text[:1])+text[1:])
	case errors.As(err, &dial):
		return dial.Err.Error()
	}
	return ""
}
