package scenarios_test

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

// mysqlOptions configure the MySQL server of a scenario.
type mysqlOptions struct {
	require string   // connections that the account requires: "SSL", "X509"
	hosts   []string // hosts of the server's certificate; its address if empty
	noTLS   bool
}

// startMySQL starts a MySQL server that pods can reach, with a certificate of
// its own CA, and configures it in the answers. The CA's certificate is in
// ca.pem, a client's in client.pem and client-key.pem.
func (i *installation) startMySQL(o mysqlOptions) *testdb.Server {
	i.Helper()
	if o.hosts == nil {
		o.hosts = []string{i.cluster.HostAddress}
	}
	db := testdb.Start(i, testdb.Options{Server: testdb.MySQL, Address: i.cluster.HostAddress, Hosts: o.hosts,
		NoTLS: o.noTLS, NotAfter: time.Now().Add(24 * time.Hour)})
	const password = "p@ss:w/rd#c4nary"
	account := "CREATE USER zenml@'%' IDENTIFIED BY '" + password + "'"
	if o.require != "" {
		account += " REQUIRE " + o.require
	}
	db.Exec(i, account, "CREATE DATABASE zenml", "GRANT ALL ON zenml.* TO zenml@'%'")
	pair := db.Authority.Client(i, "zenml")
	i.file("ca.pem", db.Authority.PEM)
	i.file("client.pem", pair.Cert)
	i.file("client-key.pem", pair.Key)
	i.env["DB_PASSWORD"] = password
	i.with("database: {type: mysql, mysql: {host: %s, port: %d, user: zenml, name: zenml, password: {env: DB_PASSWORD, "+
		"file: null, secretRef: null}}}", db.Host, db.Port)
	return db
}

// certificate creates a Secret with a certificate for a host, of an authority of its own.
func (i *installation) certificate(name, host string) {
	i.Helper()
	i.certificateUntil(name, host, time.Now().AddDate(1, 0, 0))
}

// certificateUntil creates a TLS Secret with a certificate that expires at a time.
func (i *installation) certificateUntil(name, host string, until time.Time) {
	i.Helper()
	authority := testdb.NewAuthority(i)
	pair := authority.Server(i, until, host)
	_, err := i.cluster.Client(i).CoreV1().Secrets(i.namespace).Create(i.Context(), &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Type:       corev1.SecretTypeTLS,
		Data: map[string][]byte{corev1.TLSCertKey: pair.Cert, corev1.TLSPrivateKeyKey: pair.Key,
			"ca.crt": authority.PEM},
	}, metav1.CreateOptions{})
	i.check(err)
}

// tlsScenario installs with TLS answers. The server or the account rejects
// connections with a weaker mode.
func tlsScenario(o mysqlOptions, answers string) func(*installation) {
	return func(i *installation) {
		db := i.startMySQL(o)
		pair := db.Authority.Client(i, "zenml")
		i.secret("db-ca", map[string]string{"ca.crt": string(db.Authority.PEM)})
		i.secret("db-client", map[string]string{"tls.crt": string(pair.Cert), "tls.key": string(pair.Key)})
		i.with("database: {mysql: {tls: %s}}", answers)
		i.keepsData()
	}
}

// inSecrets references the certificates of tlsScenario's Secrets.
const inSecrets = "ca: {secretRef: {name: db-ca, key: ca.crt}}, cert: {secretRef: {name: db-client, key: tls.crt}}, " +
	"key: {secretRef: {name: db-client, key: tls.key}}}"

// elsewhere is a host that a certificate may be for unless the mode is
// verify-full.
var elsewhere = []string{"db.elsewhere.test"}

var tlsModes = []scenario{
	{name: "mysql without TLS", run: tlsScenario(mysqlOptions{noTLS: true}, "{mode: 'off'}")},
	{name: "mysql with TLS", run: tlsScenario(mysqlOptions{require: "SSL", hosts: elsewhere}, "{mode: require}")},
	{name: "mysql with a verified CA", samples: []string{"mysql-inline-ca.yaml"}, run: func(i *installation) {
		i.startMySQL(mysqlOptions{require: "X509", hosts: elsewhere})
		i.with("database: {mysql: {tls: {ca: {value: null, file: ca.pem}}}}")
		i.keepsData()
	}},
	{name: "mysql with a CA and a client certificate in Secrets", run: tlsScenario(
		mysqlOptions{require: "X509", hosts: elsewhere},
		"{mode: verify-ca, "+inSecrets)},
	{name: "mysql with a verified host", quick: true, run: tlsScenario(mysqlOptions{require: "X509"},
		"{mode: verify-full, ca: {file: ca.pem}, cert: {file: client.pem}, key: {file: client-key.pem}}")},
	{name: "mysql with a verified host and Secrets", run: tlsScenario(mysqlOptions{require: "X509"},
		"{mode: verify-full, "+inSecrets)},
}
