package diagnose

// logRule matches a line in the server's or the migration's log to a problem.
type logRule struct {
	name      string
	number    int    // MySQL error number as PyMySQL prints it; 0 for any line
	contains  string // substring of the line, in lower case
	raisedBy  string // substring of the innermost frame's code; empty for any
	summary   string
	remedy    string
	temporary bool // may resolve when the container restarts
	silent    bool // the line does not explain the failure
}

// logRules take precedence over the table of MySQL error numbers.
var logRules = []logRule{
	{name: "no password", number: 1045, contains: "using password: no",
		summary: "the database rejects the login because no password was given",
		remedy:  "set database.mysql.password"},
	{name: "wrong password", number: 1045, contains: "using password: yes",
		summary: "the database rejects the user name or the password",
		remedy: "correct database.mysql.password or database.mysql.user (the server's MySQL client supports only " +
			"ASCII characters reliably); if the database requires TLS for this user, set database.mysql.tls.mode"},
	{name: "password encoding", contains: "'latin-1' codec can't encode", silent: true,
		summary: "the database password contains a character that the server's MySQL client cannot send",
		remedy: "change the database user's password to one of ASCII characters, and set " +
			"database.mysql.password to it"},
	{name: "no Azure subscription", contains: "no azure subscriptions found",
		summary: "the server can log in to Azure, but sees no subscription",
		remedy: "give the identity a role in the key vault's subscription: az role assignment create --role Reader " +
			"--assignee <client ID> --scope /subscriptions/<subscription ID>"},
	{name: "several Azure subscriptions", contains: "multiple azure subscriptions found",
		summary: "the server sees several Azure subscriptions, and does not know which one to use",
		remedy:  "add subscription_id to secretsStore.azure.authConfig"},
	{name: "AWS region", contains: "you must specify a region",
		summary: "the server calls AWS STS without a region",
		remedy:  "set AWS_DEFAULT_REGION in server.environment to the region of the secrets store"},
	{name: "ed25519", contains: "required for ed25519_password",
		summary: "the server's MySQL client cannot log in with the authentication plugin ed25519",
		remedy: "run on the database: ALTER USER " + anyAccount +
			" IDENTIFIED VIA mysql_native_password USING PASSWORD('...');"},
	{name: "missing module", contains: "modulenotfounderror: no module named",
		summary: "the server's image lacks a Python module that the server needs",
		remedy:  "set server.image.repository and server.image.tag to a published image of this version"},
	{name: "encrypted key", contains: "oserror: [errno 22] invalid argument", raisedBy: "load_cert_chain(",
		silent:  true,
		summary: "the private key of the database's client certificate is encrypted",
		remedy: "decrypt it with openssl pkey -in client-key.pem -out client-key-plain.pem, and set " +
			"database.mysql.tls.key to the result"},
	{name: "key mismatch", contains: "key values mismatch",
		summary: "the private key does not match the database's client certificate",
		remedy:  "set database.mysql.tls.key to the key of the certificate in database.mysql.tls.cert"},
	{name: "client certificate", contains: "[ssl", raisedBy: "load_cert_chain(",
		summary: "the server cannot load the database's client certificate or its private key",
		remedy: "set database.mysql.tls.cert and database.mysql.tls.key to a certificate and its unencrypted key " +
			"in PEM format"},
	{name: "ca file", contains: "[x509: no_certificate_or_crl_found]",
		summary: "the given CA of the database contains no certificate",
		remedy:  "set database.mysql.tls.ca to a certificate in PEM format"},
	{name: "database name", contains: "database name does not conform",
		summary: "the server does not accept the name of the database",
		remedy: "set database.mysql.name to 1 to 64 characters, without hyphens, dots and any of \\ / ? % * : | \" " +
			"< >"},
	{name: "database scheme", contains: "no store implementation found for url",
		summary: "the server does not support this kind of database",
		remedy: "use MySQL: set database.type to mysql, and remove the URL below values; the server supports only " +
			"mysql:// and sqlite://"},
	{name: "database driver", contains: "invalid sql driver value",
		summary: "the server does not support this kind of database",
		remedy: "use MySQL: set database.type to mysql, and remove the URL below values; the server supports only " +
			"mysql:// and sqlite://"},
	{name: "configuration", contains: "value error, ",
		summary: "the server rejects a part of its configuration",
		remedy:  "correct the answer, or the entry below values, that the message names"},
	{name: "issuer", contains: "unable to get local issuer certificate",
		summary: "the database's certificate is not signed by the given CA",
		remedy:  "set database.mysql.tls.ca to the CA that signed it"},
	{name: "root", contains: "unable to get issuer certificate",
		summary: "the given CA is an intermediate one and its root is missing",
		remedy:  "append the root certificate to database.mysql.tls.ca"},
	{name: "host name", contains: "hostname mismatch",
		summary: "the database's certificate is for another host name",
		remedy:  "set database.mysql.host to a name in the certificate, or database.mysql.tls.mode to verify-ca"},
	{name: "address", contains: "ip address mismatch",
		summary: "the database's certificate is for another host name",
		remedy:  "set database.mysql.host to a name in the certificate, or database.mysql.tls.mode to verify-ca"},
	{name: "expired", contains: "certificate has expired",
		summary: "the database's certificate has expired",
		remedy:  "renew it"},
	{name: "untrusted", contains: "certificate verify failed",
		summary: "the database's certificate is not trusted",
		remedy:  "set database.mysql.tls.ca to the CA that signed it"},
	{name: "tls", contains: "ssl connection error",
		summary: "TLS with the database failed",
		remedy:  "check database.mysql.tls and the certificates"},
	{name: "no tls", contains: "wrong_version_number",
		summary: "the database does not speak TLS on this port",
		remedy:  "set database.mysql.tls.mode to off, or correct database.mysql.port"},
	{name: "unknown host", number: 2003, contains: "name or service not known", temporary: true,
		summary: "the cluster cannot resolve the database's host name",
		remedy:  "set database.mysql.host to a name that resolves inside the cluster"},
	{name: "refused", number: 2003, contains: "refused", temporary: true,
		summary: "nothing listens on the database's host and port",
		remedy:  "correct database.mysql.host and database.mysql.port; localhost is the pod itself"},
	{name: "newer revision", contains: "can't locate revision identified by",
		summary: "a newer server has migrated the database, and downgrades are not supported",
		remedy: "set chart.version to that server's version or a newer one, or restore the backup made before the " +
			"upgrade"},
	{name: "workspaces", contains: "more than just the default workspace",
		summary: "the database has workspaces besides the default one, which servers from 0.80.0 on do not migrate",
		remedy: "with the client of the old server, move what you need to the default workspace and delete the others " +
			"(from zenml.client import Client; Client().delete_workspace(\"NAME\")), then upgrade again"},
	{name: "foreign tables", contains: "never been migrated with alembic",
		summary: "the database contains tables that are not ZenML's",
		remedy:  "set database.mysql.name to an empty database"},
	{name: "encryption key", contains: "encryption key",
		summary: "the secrets in the database cannot be decrypted with this encryption key",
		remedy:  "set secretsStore.sql.encryptionKey to the key that the server had before"},
	{name: "volume permission", contains: "permission denied: '/zenml",
		summary: "the server cannot write to its volume",
		remedy:  "set server.security.pod to {fsGroup: 1000}"},
	{name: "sqlite file", contains: "unable to open database file",
		summary: "the server cannot open its SQLite file",
		remedy:  "set server.security.pod to {fsGroup: 1000}, and check that the volume is writable"},
}
