package standin

import (
	"crypto/tls"
	"crypto/x509"
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
		roots, err := loadRoots(s.ca)
		if err != nil {
			return nil, err
		}
		config.RootCAs = roots
		config.InsecureSkipVerify = !s.verifyHost
		if !s.verifyHost {
			config.VerifyConnection = verifyChain(roots)
		}
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

// verifyChain verifies a server's certificate against the roots, without its
// name.
func verifyChain(roots *x509.CertPool) func(tls.ConnectionState) error {
	return func(state tls.ConnectionState) error {
		intermediates := x509.NewCertPool()
		for _, cert := range state.PeerCertificates[1:] {
			intermediates.AddCert(cert)
		}
		_, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: intermediates})
		if err != nil {
			return &tls.CertificateVerificationError{UnverifiedCertificates: state.PeerCertificates, Err: err}
		}
		return nil
	}
}

func loadRoots(source string) (*x509.CertPool, error) {
	pem, err := pemOf(source)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, sslError("[X509: NO_CERTIFICATE_OR_CRL_FOUND] no certificate or crl found", nil)
	}
	return roots, nil
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

// pemOf returns PEM text from a value or a file.
func pemOf(source string) ([]byte, error) {
	if strings.Contains(source, "-----BEGIN") {
		return []byte(source), nil
	}
	data, err := os.ReadFile(source)
	if err != nil {
		return nil, osError(err)
	}
	return data, nil
}

func sslError(text string, cause error) error {
	return &pyError{class: "ssl.SSLError", text: text, cause: cause}
}
