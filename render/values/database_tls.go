package values

import (
	"strconv"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
	"github.com/zenml-installer/zenml-installer/internal/tree"
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
	if d.layout.Legacy() && !d.has("database.ssl") {
		d.tlsByCertificates(tls)
		return
	}
	d.comment("database.ssl", tlsWords[tls.Mode])
	d.set("database.ssl", true, mode).prove(proof.PodsHave("ZENML_STORE_SSL", "true"))
	d.certificate("database.sslCa", "ZENML_STORE_SSL_CA", "database.mysql.tls.ca")
	d.certificate("database.sslCert", "ZENML_STORE_SSL_CERT", "database.mysql.tls.cert")
	d.certificate("database.sslKey", "ZENML_STORE_SSL_KEY", "database.mysql.tls.key")
	d.verifyHost(tls.Mode)
}

// verifyHost sets whether the server verifies the host name in the database's
// certificate.
func (d *draft) verifyHost(mode string) {
	full := mode == answers.TLSVerifyFull
	verify := d.set("database.sslVerifyServerCert", full, "database.mysql.tls.mode").
		prove(proof.PodsHave("ZENML_STORE_SSL_VERIFY_SERVER_CERT", strconv.FormatBool(full)))
	if !full {
		verify.added("the server may verify the host name in the database's certificate")
	}
}

// tlsByCertificates sets TLS on charts without database.ssl. Their own servers
// use TLS as soon as they have a certificate. It must be in a variable: the
// charts' own sslCa names a file in the chart's package and fails to render.
func (d *draft) tlsByCertificates(tls answers.TLS) {
	if !d.storeSSL() && tls.CA.IsZero() && tls.Cert.IsZero() {
		d.fault("database.mysql.tls.mode", d.chartName()+" uses TLS only with a certificate: it has no "+
			tree.Dotted(d.server("database.ssl")),
			"set database.mysql.tls.mode to verify-ca and database.mysql.tls.ca to the database's CA certificate, "+
				"or use a chart that is "+chartinfo.VersionsWith("database.ssl")+" (chart.version)")
		return
	}
	d.comment("secretEnvironment", tlsWords[tls.Mode])
	for _, c := range []struct{ variable, key string }{
		{"ZENML_STORE_SSL_CA", "database.mysql.tls.ca"},
		{"ZENML_STORE_SSL_CERT", "database.mysql.tls.cert"},
		{"ZENML_STORE_SSL_KEY", "database.mysql.tls.key"},
	} {
		if !d.source(c.key).IsZero() {
			d.variable(c.variable, "secretEnvironment."+c.variable, c.key)
		}
	}
	d.verifyHost(tls.Mode)
}

// storeSSL sets ZENML_STORE_SSL if the image has a newer server than the chart:
// without it that server would connect without TLS, even with a CA. It reports
// whether the variable is set.
func (d *draft) storeSSL() bool {
	const variable, tagAnswer = "ZENML_STORE_SSL", "server.image.tag"
	tag := d.a.Server.Image.Tag
	needs, known := chartinfo.NeedsStoreSSL(tag)
	switch given := d.a.Server.Environment[variable]; {
	case given != "":
		return given == "true"
	case tag == "" || !needs:
		return false
	case !known:
		d.ignored = append(d.ignored, answers.Fault{Check: CheckValues, Key: tagAnswer, Warning: true,
			Summary: "the server may connect to the database without TLS: " + tag + " is not a version, and servers " +
				"from 0.74.0 on use TLS only if " + variable + " is set",
			Remedy: "set server.environment." + variable + " to \"true\" if the image contains ZenML 0.74.0 or newer"})
		return false
	}
	d.set("environment."+variable, "true", "database.mysql.tls.mode", tagAnswer).prove(proof.PodsHave(variable, "true"))
	return true
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
