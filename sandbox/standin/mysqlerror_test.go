package standin

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"syscall"
	"testing"

	"github.com/go-sql-driver/mysql"
)

// Errors that cannot be provoked on a server are simulated with Go's own
// errors.
func TestMySQLErrorWording(t *testing.T) {
	dial := func(cause error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: cause} }
	pki := newPKI()
	unverified := func(chain ...*x509.Certificate) error {
		return &tls.CertificateVerificationError{
			UnverifiedCertificates: chain,
			Err:                    x509.UnknownAuthorityError{Cert: chain[len(chain)-1]},
		}
	}
	const cannot = "sqlalchemy.exc.OperationalError: (pymysql.err.OperationalError) (2003, \"Can't connect to MySQL server on 'db' ("
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"unknown host": {
			dial(&net.DNSError{Err: "no such host", Name: "db", IsNotFound: true}), cannot + "[Errno -2] Name or service not known)\")",
		},
		"DNS timeout": {
			dial(&net.DNSError{Err: "i/o timeout", Name: "db", IsTimeout: true}), cannot + "[Errno -3] Temporary failure in name resolution)\")",
		},
		"time-out": {dial(os.ErrDeadlineExceeded), cannot + "timed out)\")"},
		"no route": {
			dial(os.NewSyscallError("connect", syscall.EHOSTUNREACH)), cannot + "[Errno 113] No route to host)\")",
		},
		"self-signed": {
			unverified(pki.ca.cert), cannot + "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006))\")",
		},
		"no issuer": {
			unverified(pki.server.cert), cannot + "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_ssl.c:1006))\")",
		},
		"old TLS": {
			errors.New("tls: protocol version not supported"), cannot + "[SSL] protocol version not supported)\")",
		},
		"hung up": {
			mysql.ErrInvalidConn, "sqlalchemy.exc.OperationalError: (pymysql.err.OperationalError) (2013, 'Lost connection to MySQL server during query')",
		},
		"TLS required": {
			&mysql.MySQLError{Number: 3159, Message: "Connections using insecure transport are prohibited"}, "sqlalchemy.exc.OperationalError: (pymysql.err.OperationalError) (3159, 'Connections using insecure transport are prohibited')",
		},
		"no such table": {
			&mysql.MySQLError{Number: 1146, Message: "Table 'a.b' doesn't exist"}, "sqlalchemy.exc.ProgrammingError: (pymysql.err.ProgrammingError) (1146, \"Table 'a.b' doesn't exist\")",
		},
		"duplicate": {
			&mysql.MySQLError{Number: 1062, Message: "Duplicate entry"}, "sqlalchemy.exc.IntegrityError: (pymysql.err.IntegrityError) (1062, 'Duplicate entry')",
		},
		"worded already": {storeFault("x"), storeFault("x").Error()},
	} {
		if got := mysqlError(c.err, "db").Error(); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}
