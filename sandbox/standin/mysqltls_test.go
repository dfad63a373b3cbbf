package standin

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// by replaces 127.0.0.1 in the URL by localhost, the name in the server's
// certificate.
func by(host string, who tenant, more Env) Env {
	env := who.env(more)
	env["ZENML_STORE_URL"] = strings.Replace(env["ZENML_STORE_URL"], "127.0.0.1", host, 1)
	return env
}

func TestTLSVerification(t *testing.T) {
	who := startedMariaDB(t).fresh(t)
	pki := who.db.pki
	who.db.exec(t, "ALTER USER '"+who.name+"'@'%' REQUIRE SSL")
	on := func(more Env) Env {
		env := Env{"ZENML_STORE_SSL": "true"}
		for name, value := range more {
			env[name] = value
		}
		return env
	}
	caFile := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(caFile, []byte(pki.ca.certPEM()), 0o600); err != nil {
		t.Fatal(err)
	}

	wantFailure(t, who.env(nil), "(1045, ")
	wantFailure(t, who.env(Env{"ZENML_STORE_SSL": "false", "ZENML_STORE_SSL_CA": pki.ca.certPEM()}), "(1045, ")
	mustMigrate(t, who.env(on(nil)))
	mustMigrate(t, who.env(on(Env{"ZENML_STORE_SSL_VERIFY_SERVER_CERT": "true"})))
	mustMigrate(t, who.env(on(Env{"ZENML_STORE_SSL_CA": pki.ca.certPEM()})))
	mustMigrate(t, who.env(on(Env{"ZENML_STORE_SSL_CA": caFile, "ZENML_STORE_SSL_VERIFY_SERVER_CERT": "false"})))
	mustMigrate(
		t,
		by("localhost", who, on(Env{"ZENML_STORE_SSL_CA": caFile, "ZENML_STORE_SSL_VERIFY_SERVER_CERT": "true"})),
	)

	wantFailure(
		t,
		who.env(on(Env{"ZENML_STORE_SSL_CA": caFile, "ZENML_STORE_SSL_VERIFY_SERVER_CERT": "true"})),
		"(2003, \"Can't connect to MySQL server on '127.0.0.1' ([SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch",
	)
	wantFailure(
		t,
		who.env(on(Env{"ZENML_STORE_SSL_CA": pki.stranger.certPEM()})),
		"certificate verify failed: self-signed certificate in certificate chain",
	)
	wantFailure(
		t,
		who.env(on(Env{"ZENML_STORE_SSL_CA": "/nowhere/ca.pem"})),
		"FileNotFoundError: [Errno 2] No such file or directory: '/nowhere/ca.pem'",
	)
	wantFailure(
		t,
		who.env(on(Env{"ZENML_STORE_SSL_CA": "-----BEGIN CERTIFICATE-----\nAAA\n-----END CERTIFICATE-----\n"})),
		"ssl.SSLError: [X509: NO_CERTIFICATE_OR_CRL_FOUND]",
	)
}

func TestTLSClientCertificate(t *testing.T) {
	who := startedMariaDB(t).fresh(t)
	pki := who.db.pki
	who.db.exec(t, "ALTER USER '"+who.name+"'@'%' REQUIRE X509")
	with := func(cert, key string) Env {
		return who.env(
			Env{
				"ZENML_STORE_SSL":      "true",
				"ZENML_STORE_SSL_CA":   pki.ca.certPEM(),
				"ZENML_STORE_SSL_CERT": cert,
				"ZENML_STORE_SSL_KEY":  key,
			},
		)
	}
	mustMigrate(t, with(pki.client.certPEM(), pki.client.keyPEM()))
	wantFailure(t, with("", ""), "(1045, ")
	wantFailure(t, with(pki.client.certPEM(), pki.server.keyPEM()), "KEY_VALUES_MISMATCH")
	wantFailure(t, with(pki.client.certPEM(), ""), "ssl.SSLError: [SSL] PEM lib")
}

func TestTLSExpiredCertificate(t *testing.T) {
	who := startedMariaDB(t).fresh(t)
	pki := who.db.pki
	swap := func(server pair) {
		t.Helper()
		if err := pki.writeServer(who.db.folder, server); err != nil {
			t.Fatal(err)
		}
		who.db.exec(t, "FLUSH SSL")
	}
	swap(issue("localhost", &pki.ca, -time.Hour))
	defer swap(pki.server)
	env := Env{"ZENML_STORE_SSL": "true", "ZENML_STORE_SSL_CA": pki.ca.certPEM()}
	wantFailure(t, who.env(env), "certificate verify failed: certificate has expired")
	mustMigrate(t, who.env(Env{"ZENML_STORE_SSL": "true"}))
}

func TestTLSAgainstAServerWithoutIt(t *testing.T) {
	startedMariaDB(t) // skips if MariaDB is not installed
	plain, err := startMariaDB("--skip-ssl")
	if plain != nil && plain.stop != nil {
		t.Cleanup(plain.stop)
	}
	if err != nil {
		t.Fatal(err)
	}
	who := plain.fresh(t)
	mustMigrate(t, who.env(nil))
	wantFailure(t, who.env(Env{"ZENML_STORE_SSL": "true"}), fmt.Sprintf("(%d, ", clientTLS))
}
