package standin

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"strings"
)

// storeTLS contains the TLS settings of the connection to MySQL. Certificates
// alone do not enable TLS. With a CA the chain is verified, and the host name
// only if verifyHost is set.
type storeTLS struct {
	enabled       bool
	ca, cert, key string // PEM text or a file name
	verifyHost    bool
}

// tlsSettings reads the settings from the environment; query parameters of the URL take precedence.
func tlsSettings(u storeURL, env Env) (storeTLS, error) {
	layered := Env{}
	for name, variable := range map[string]string{
		"ssl": "ZENML_STORE_SSL", "ssl_ca": "ZENML_STORE_SSL_CA", "ssl_cert": "ZENML_STORE_SSL_CERT",
		"ssl_key": "ZENML_STORE_SSL_KEY", "ssl_verify_server_cert": "ZENML_STORE_SSL_VERIFY_SERVER_CERT",
	} {
		layered[variable] = env[variable]
		if value, given := u.query[name]; given {
			layered[variable] = value
		}
	}
	enabled, err := layered.truth("ZENML_STORE_SSL", false)
	if err != nil {
		return storeTLS{}, err
	}
	verify, err := layered.truth("ZENML_STORE_SSL_VERIFY_SERVER_CERT", false)
	return storeTLS{
		enabled: enabled, verifyHost: verify,
		ca: layered["ZENML_STORE_SSL_CA"], cert: layered["ZENML_STORE_SSL_CERT"], key: layered["ZENML_STORE_SSL_KEY"],
	}, err
}

// config returns the TLS configuration for a host; nil means no TLS.
func (s storeTLS) config(host string) (*tls.Config, error) {
	if !s.enabled {
		return nil, nil
	}
	config := &tls.Config{ServerName: host, InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}
	if s.ca != "" {
		authorities, err := loadAuthorities(s.ca)
		if err != nil {
			return nil, err
		}
		name := ""
		if s.verifyHost {
			name = host
		}
		config.VerifyConnection = verifyChain(authorities, name)
	}
	if s.cert != "" {
		pair, err := loadPair(s.cert, s.key)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// errNoRoot is a chain that ends in a trusted certificate which is not a root.
var errNoRoot = errors.New("the chain has no root")

// verifyChain verifies a server's certificate, and its name unless that is
// empty. Like OpenSSL, it accepts only a chain that ends in a root: the other
// certificates of the file are links of the chain.
func verifyChain(authorities []*x509.Certificate, name string) func(tls.ConnectionState) error {
	roots, all := x509.NewCertPool(), x509.NewCertPool()
	for _, cert := range authorities {
		all.AddCert(cert)
		if bytes.Equal(cert.RawIssuer, cert.RawSubject) {
			roots.AddCert(cert)
		}
	}
	return func(state tls.ConnectionState) error {
		options := x509.VerifyOptions{DNSName: name, Roots: roots, Intermediates: x509.NewCertPool()}
		for _, cert := range append(authorities[:len(authorities):len(authorities)], state.PeerCertificates[1:]...) {
			options.Intermediates.AddCert(cert)
		}
		leaf := state.PeerCertificates[0]
		_, err := leaf.Verify(options)
		if err == nil {
			return nil
		}
		options.Roots = all
		if _, partial := leaf.Verify(options); partial == nil {
			err = errNoRoot
		}
		return &tls.CertificateVerificationError{UnverifiedCertificates: state.PeerCertificates, Err: err}
	}
}

func loadAuthorities(source string) ([]*x509.Certificate, error) {
	text, err := pemOf(source)
	if err != nil {
		return nil, err
	}
	var all []*x509.Certificate
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if cert, err := x509.ParseCertificate(block.Bytes); err == nil {
			all = append(all, cert)
		}
	}
	if len(all) == 0 {
		return nil, sslError("[X509: NO_CERTIFICATE_OR_CRL_FOUND] no certificate or crl found", nil)
	}
	return all, nil
}

func loadPair(certSource, keySource string) (tls.Certificate, error) {
	cert, err := pemOf(certSource)
	if err != nil {
		return tls.Certificate{}, err
	}
	key := cert
	if keySource != "" {
		if key, err = pemOf(keySource); err != nil {
			return tls.Certificate{}, err
		}
	}
	pair, err := tls.X509KeyPair(cert, key)
	switch {
	case err == nil:
		return pair, nil
	case strings.Contains(err.Error(), "does not match"):
		return pair, sslError("[X509: KEY_VALUES_MISMATCH] key values mismatch", err)
	}
	return pair, sslError("[SSL] PEM lib", errors.Join(err))
}

// byteOrderMark may precede the text in files from Windows. OpenSSL ignores it.
const byteOrderMark = "\ufeff"

// pemOf returns PEM text from a value or a file.
func pemOf(source string) ([]byte, error) {
	if strings.Contains(source, "-----BEGIN") {
		return []byte(strings.TrimPrefix(source, byteOrderMark)), nil
	}
	data, err := os.ReadFile(source)
	if err != nil {
		return nil, osError(err)
	}
	return bytes.TrimPrefix(data, []byte(byteOrderMark)), nil
}

func sslError(text string, cause error) error {
	return &pyError{class: "ssl.SSLError", text: text, cause: cause}
}
