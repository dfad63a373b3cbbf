package database

import (
	"context"
	"crypto/tls"
	"errors"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/mysqlerr"
	"github.com/zenml-installer/zenml-installer/internal/pemtext"
)

var tlsConfigMemo = check.NewMemo[*tls.Config]("database tls config")

// databaseTLSConfig returns the client's TLS configuration for the answers,
// with the server's semantics: require encrypts without verification, verify-ca
// verifies the chain, verify-full also the host name. It is nil if TLS is off.
func databaseTLSConfig(ctx context.Context, e *check.Env) (*tls.Config, error) {
	return tlsConfigMemo.Get(ctx, e, func(ctx context.Context) (*tls.Config, error) {
		m := e.Answers.Database.MySQL
		if m.TLS.Mode == "" || m.TLS.Mode == answers.TLSOff {
			return nil, nil
		}
		config := &tls.Config{ServerName: m.Host, MinVersion: tls.VersionTLS12}
		if err := addTrust(ctx, e, m.TLS, config); err != nil {
			return nil, err
		}
		return config, addClientCertificate(ctx, e, m.TLS, config)
	})
}

// TLSFilesFault returns the fault of the certificates and keys in the answers, which
// no server can accept; nil if they are usable or cannot be read here.
func TLSFilesFault(ctx context.Context, e *check.Env) *check.Fault {
	var fault *check.Fault
	if _, err := databaseTLSConfig(ctx, e); errors.As(err, &fault) {
		return fault
	}
	return nil
}

// addTrust adds the verification of the server's certificate.
func addTrust(ctx context.Context, e *check.Env, t answers.TLS, config *tls.Config) error {
	if t.Mode == answers.TLSRequire {
		config.InsecureSkipVerify = true // what the mode means; the result says so
		return nil
	}
	text, err := readPEM(ctx, e, caFile(t))
	if err != nil {
		return err
	}
	trusted := certificates(text)
	if len(trusted) == 0 {
		return &check.Fault{
			Summary: "the CA certificate cannot be parsed",
			Remedy:  "set database.mysql.tls.ca to a valid certificate; check it: openssl x509 -noout -text -in FILE",
		}
	}
	config.InsecureSkipVerify = true // verified below, by the rules of the ZenML server's client
	config.VerifyConnection = func(state tls.ConnectionState) error {
		if err := verifyChain(trusted, state.PeerCertificates); err != nil || t.Mode == answers.TLSVerifyCA {
			return err
		}
		_, err := verifyHost(state.PeerCertificates[0], config.ServerName)
		return err
	}
	return nil
}

// addClientCertificate adds the client's certificate if the answers contain
// one.
func addClientCertificate(ctx context.Context, e *check.Env, t answers.TLS, config *tls.Config) error {
	if t.Cert.IsZero() || t.Key.IsZero() {
		return nil
	}
	cert, err := readPEM(ctx, e, certFile(t))
	if err != nil {
		return err
	}
	key, err := readPEM(ctx, e, keyFile(t))
	if err != nil {
		return err
	}
	pair, err := tls.X509KeyPair([]byte(cert), []byte(key))
	if err != nil {
		return &check.Fault{
			Summary: "the private key does not match the client certificate",
			Err:     err,
			Remedy: "give the key that belongs to database.mysql.tls.cert; these two outputs must be equal:\n" +
				"openssl x509 -in client.pem -noout -pubkey\nopenssl pkey -in client-key.pem -pubout",
		}
	}
	config.Certificates = []tls.Certificate{pair}
	return nil
}

// readPEM reads a file for TLS and checks its format.
func readPEM(ctx context.Context, e *check.Env, f pemFile) (string, error) {
	text, err := e.Read(ctx, f.what, f.source)
	if err != nil {
		return "", err
	}
	if fault := f.fault(text.Reveal()); fault != nil {
		return "", fault
	}
	return pemtext.Clean(text.Reveal()), nil
}

func checkTLS(ctx context.Context, e *check.Env) (string, error) {
	config, err := databaseTLSConfig(ctx, e)
	if err != nil {
		return "", err
	}
	if config == nil {
		return checkWithoutTLS(ctx, e)
	}
	state, err := databaseHandshake(ctx, e, config)
	if err != nil {
		return "", tlsFault(e, err)
	}
	if fault := namedByCommonName(e, state); fault != nil {
		return "", fault
	}
	return protection(e, state), nil
}

// checkWithoutTLS logs in to find out whether the server accepts connections without TLS.
func checkWithoutTLS(ctx context.Context, e *check.Env) (string, error) {
	_, err := openServer(ctx, e)
	var required *tlsRequiredError
	if errors.As(err, &required) || number(err) == mysqlerr.SecureTransportRequired {
		return "", &check.Fault{
			Summary: "the database server requires TLS for this user, but database.mysql.tls.mode is off",
			Err:     err,
			Remedy: "database: {mysql: {tls: {mode: verify-full, ca: {file: ca.pem}}}}\n" +
				"or database: {mysql: {tls: {mode: require}}} on a network that you trust",
		}
	}
	return "not encrypted, as set by database.mysql.tls.mode", nil
}

func protection(e *check.Env, state tls.ConnectionState) string {
	version := tls.VersionName(state.Version)
	switch e.Answers.Database.MySQL.TLS.Mode {
	case answers.TLSRequire:
		return version + ", server certificate not verified"
	case answers.TLSVerifyCA:
		return version + ", certificate verified, host name not verified"
	}
	return version + ", certificate verified for " + e.Answers.Database.MySQL.Host
}
