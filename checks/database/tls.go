package database

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

var tlsConfigMemo = check.NewMemo[*tls.Config]("database tls config")

// databaseTLSConfig makes the client's side of TLS from the answers, with the
// server's own meaning: require encrypts without verifying, verify-ca verifies
// the chain, verify-full the host name too. It is nil when TLS is off.
func databaseTLSConfig(ctx context.Context, e *check.Env) (*tls.Config, error) {
	return tlsConfigMemo.Get(ctx, e, func(ctx context.Context) (*tls.Config, error) {
		m := e.Answers.Database.MySQL
		if m.TLS.Mode == "" || m.TLS.Mode == answers.TLSOff {
			return nil, nil
		}
		config := &tls.Config{ServerName: m.Host, MinVersion: tls.VersionTLS12}
		if err := trust(ctx, e, m.TLS, config); err != nil {
			return nil, err
		}
		return config, present(ctx, e, m.TLS, config)
	})
}

// trust says which server certificates are believed.
func trust(ctx context.Context, e *check.Env, t answers.TLS, config *tls.Config) error {
	if t.Mode == answers.TLSRequire {
		config.InsecureSkipVerify = true // the mode's meaning; the user is told
		return nil
	}
	ca, err := e.Read(ctx, "CA certificate", t.CA)
	if err != nil {
		return err
	}
	trusted := certificates(ca.Reveal())
	if len(trusted) == 0 {
		return notPEM("the CA certificate", "database.mysql.tls.ca")
	}
	config.InsecureSkipVerify = true // verified below, by the rules of the server's client
	config.VerifyConnection = func(state tls.ConnectionState) error {
		if err := verifyChain(trusted, state.PeerCertificates); err != nil || t.Mode == answers.TLSVerifyCA {
			return err
		}
		_, err := verifyHost(state.PeerCertificates[0], config.ServerName)
		return err
	}
	return nil
}

// present adds the client's certificate, where there is one.
func present(ctx context.Context, e *check.Env, t answers.TLS, config *tls.Config) error {
	if t.Cert.IsZero() || t.Key.IsZero() {
		return nil
	}
	cert, err := e.Read(ctx, "client certificate", t.Cert)
	if err != nil {
		return err
	}
	key, err := e.Read(ctx, "client key", t.Key)
	if err != nil {
		return err
	}
	if block, _ := pem.Decode([]byte(cert.Reveal())); block == nil {
		return notPEM("the client certificate", "database.mysql.tls.cert")
	}
	if block, _ := pem.Decode([]byte(key.Reveal())); block == nil {
		return notPEM("the client key", "database.mysql.tls.key")
	}
	pair, err := tls.X509KeyPair([]byte(cert.Reveal()), []byte(key.Reveal()))
	if err != nil {
		return &check.Fault{
			Found: "the client key does not belong to the client certificate", Cause: err,
			Remedy: "compare: openssl x509 -in CERT -noout -pubkey\nwith: openssl pkey -in KEY -pubout",
		}
	}
	config.Certificates = []tls.Certificate{pair}
	return nil
}

func notPEM(what, key string) *check.Fault {
	return &check.Fault{Found: what + " is not PEM", Remedy: key + " must begin with -----BEGIN; a DER file is converted by: openssl x509 -inform der -in FILE -out FILE.pem"}
}

func checkTLS(ctx context.Context, e *check.Env) (string, error) {
	config, err := databaseTLSConfig(ctx, e)
	if err != nil {
		return "", err
	}
	if config == nil {
		return withoutTLS(ctx, e)
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

// withoutTLS asks the login whether the server puts up with it.
func withoutTLS(ctx context.Context, e *check.Env) (string, error) {
	_, err := session(ctx, e)
	var demanded *tlsDemanded
	if errors.As(err, &demanded) || number(err) == errSecureTransport {
		return "", &check.Fault{
			Found: "the database server insists on TLS for this user, and database.mysql.tls.mode is off", Cause: err,
			Remedy: "database: {mysql: {tls: {mode: verify-full, ca: {file: ca.pem}}}}\nor mode: require, where you trust the network",
		}
	}
	return "not encrypted, as database.mysql.tls.mode asks", nil
}

func protection(e *check.Env, state tls.ConnectionState) string {
	version := tls.VersionName(state.Version)
	switch e.Answers.Database.MySQL.TLS.Mode {
	case answers.TLSRequire:
		return version + ", the server's certificate is not verified"
	case answers.TLSVerifyCA:
		return version + ", certificate verified, host name not"
	}
	return version + ", certificate verified for " + e.Answers.Database.MySQL.Host
}
