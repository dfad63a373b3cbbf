package values

import (
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/render/proof"
)

// mysqlTLS sets the values for TLS to MySQL. The server needs ssl: it does not
// infer TLS from the certificates, and a CA alone does not make it verify the
// host name.
func mysqlTLS(d *draft) {
	if d.a.Database.Type != answers.MySQLDatabase {
		return
	}
	tls := d.a.Database.MySQL.TLS
	const mode = "database.mysql.tls.mode"
	if tls.Mode == "" || tls.Mode == answers.TLSOff {
		d.proveOnly(mode, proof.PodsLack("ZENML_STORE_SSL", "false"))
		return
	}
	d.comment("database.ssl", tlsWords[tls.Mode])
	d.set("database.ssl", true, mode).prove(proof.PodsHave("ZENML_STORE_SSL", "true"))
	d.certificate("database.sslCa", "ZENML_STORE_SSL_CA", "database.mysql.tls.ca")
	d.certificate("database.sslCert", "ZENML_STORE_SSL_CERT", "database.mysql.tls.cert")
	d.certificate("database.sslKey", "ZENML_STORE_SSL_KEY", "database.mysql.tls.key")
	full := tls.Mode == answers.TLSVerifyFull
	verify := d.set("database.sslVerifyServerCert", full, mode).
		prove(proof.PodsHave("ZENML_STORE_SSL_VERIFY_SERVER_CERT", map[bool]string{true: "true", false: "false"}[full]))
	if !full {
		verify.added("the server may verify the host name in the database's certificate")
	}
}

var tlsWords = map[string]string{
	answers.TLSRequire:    "TLS without verification (database.mysql.tls.mode: require).",
	answers.TLSVerifyCA:   "TLS, certificate verified against the CA (database.mysql.tls.mode: verify-ca).",
	answers.TLSVerifyFull: "TLS, certificate and host name verified (database.mysql.tls.mode: verify-full).",
}

// certificate sets one of the three TLS files: inline if the answers contain
// public content, otherwise by reference to a Secret.
func (d *draft) certificate(name, variable, key string) {
	source := d.a.GetSource(key)
	field, _ := answers.FieldByKey(key)
	switch {
	case source.IsZero():
	case field.Kind == answers.Content && !source.Value.Empty():
		pem := source.Value
		d.set(name, map[string]any{"value": pem.Reveal()}, key).prove(proof.PodsHaveSecret(variable, pem))
	default:
		ref := d.refer(key)
		d.set(name, map[string]any{"secretRef": refMap(ref)}, key).prove(proof.PodsMount(variable, ref))
	}
}
