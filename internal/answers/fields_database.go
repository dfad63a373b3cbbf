package answers

var (
	usesSQLite = condition{func(a Answers) bool { return a.Database.Type == SQLiteDatabase }, "with database.type sqlite"}
	usesMySQL  = condition{func(a Answers) bool { return a.Database.Type == MySQLDatabase }, "with database.type mysql"}

	persistsSQLite = condition{func(a Answers) bool { return usesSQLite.holds(a) && a.Database.SQLite.Persistent }, "with database.sqlite.persistent"}
	usesPassword   = condition{func(a Answers) bool { return usesMySQL.holds(a) && a.Database.MySQL.Auth != RDSAuth }, "with MySQL and database.mysql.auth password"}
	usesRDS        = condition{func(a Answers) bool { return usesMySQL.holds(a) && a.Database.MySQL.Auth == RDSAuth }, "with MySQL and database.mysql.auth aws-rds-iam"}

	usesTLS = condition{func(a Answers) bool {
		mode := a.Database.MySQL.TLS.Mode
		return usesPassword.holds(a) && mode != "" && mode != TLSOff
	}, "with MySQL, a password and database.mysql.tls.mode other than off"}
	verifiesTLS = condition{func(a Answers) bool {
		mode := a.Database.MySQL.TLS.Mode
		return usesMySQL.holds(a) && (mode == TLSVerifyCA || mode == TLSVerifyFull)
	}, "with MySQL and database.mysql.tls.mode verify-ca or verify-full"}
)

var databaseFields = atStep(StepDatabase,
	plain(Field{
		Key: "database.type", Kind: Choice, Needed: always,
		Title: "Database",
		Help:  "Where the server keeps pipelines, runs, users and, by default, secrets.",
		Why:   "SQLite is for a first look: one replica, and gone with the pod unless it is on a volume. A team wants MySQL 8.",
		Options: []Option{
			{Value: SQLiteDatabase, Title: "SQLite", Help: "Inside the server's pod. Nothing to prepare; for trying it out."},
			{Value: MySQLDatabase, Title: "MySQL", Help: "A MySQL 8 server of your own. For anything that must last."},
		},
	}),
	when(usesSQLite, Field{
		Key: "database.sqlite.persistent", Kind: Boolean,
		Title: "Keep the database on a volume",
		Help:  "Puts the SQLite file on a persistent volume.",
		Why:   "Without it the next restart of the pod forgets everything. Charts before the server: layout cannot do it.",
	}),
	when(persistsSQLite, Field{
		Key: "database.sqlite.size", Kind: Text, Default: "1Gi",
		Title: "Volume size", Help: "The size of the volume.", Check: quantity, Example: "2Gi",
	}, Field{
		Key: "database.sqlite.storageClass", Kind: Text,
		Title: "Storage class", Help: "The StorageClass of the volume. Empty means the cluster's default.", Check: optionalDNSName,
	}),
	when(usesMySQL, Field{
		Key: "database.mysql.host", Kind: Text, Needed: always,
		Title: "Host", Help: "The MySQL server's host name or address, as the pods in the cluster see it.",
		Why:   "localhost would be the pod itself. A private address is fine, as long as the cluster reaches it.",
		Check: databaseHost, Example: "db.example.com",
	}, Field{
		Key: "database.mysql.port", Kind: Integer, Default: "3306",
		Title: "Port", Help: "The MySQL server's port.", Check: port,
	}, Field{
		Key: "database.mysql.name", Kind: Text, Needed: always, Default: "zenml",
		Title: "Database name", Help: "The database (schema) on that server. The server creates it when it is missing and the user may.",
		Why:   "ZenML refuses names with hyphens or dots.",
		Check: databaseName,
	}, Field{
		Key: "database.mysql.user", Kind: Text, Needed: always,
		Title: "User", Help: "The MySQL user of the server.", Check: databaseUser, Example: "zenml",
	}),
	fileOnly(when(usesMySQL, Field{
		Key: "database.mysql.auth", Kind: Choice, Default: PasswordAuth,
		Title: "Login", Help: "How the server logs into the database.",
		Options: []Option{
			{Value: PasswordAuth, Title: "password", Help: "With the user's password."},
			{Value: RDSAuth, Title: "AWS RDS IAM", Help: "With short-lived tokens from AWS, under the pods' own identity. It needs TLS verify-full."},
		},
	})),
	when(usesPassword, Field{
		Key: "database.mysql.password", Kind: Secret, Needed: always,
		Title: "Password", Help: "The MySQL user's password.",
		Why: "It goes into a Kubernetes Secret that the chart references: never into a URL, a file or a command line.",
	}),
	fileOnly(when(usesRDS, Field{
		Key: "database.mysql.rds.region", Kind: Text, Needed: always,
		Title: "AWS region", Help: "The region of the RDS instance.", Check: oneLine, Example: "eu-central-1",
	}, Field{
		Key: "database.mysql.rds.roleARN", Kind: Text,
		Title: "IAM role", Help: "The role that the server takes on to get its token. Empty means the pod's own identity.",
		Check: oneLine, Example: "arn:aws:iam::123456789012:role/zenml-db",
	})),
	when(usesMySQL, Field{
		Key: "database.mysql.tls.mode", Kind: Choice, Default: TLSOff,
		Title: "TLS",
		Help:  "How the connection to the database is protected.",
		Why:   "Managed databases often refuse unencrypted logins; encryption without verification does not tell an impostor from your server.",
		Options: []Option{
			{Value: TLSOff, Title: "off", Help: "No encryption. Only on a network that you trust."},
			{Value: TLSRequire, Title: "require", Help: "Encrypted; the server's certificate is not verified."},
			{Value: TLSVerifyCA, Title: "verify-ca", Help: "Encrypted; the certificate must come from the CA that you give."},
			{Value: TLSVerifyFull, Title: "verify-full", Help: "As verify-ca, and the certificate must bear the host's name."},
		},
	}),
	when(verifiesTLS, Field{
		Key: "database.mysql.tls.ca", Kind: Content, Needed: always, Check: noPrivateKey,
		Title: "CA certificate", Help: "The certificate of the authority that signed the database server's certificate, PEM.",
		Example: "{file: ca.pem}",
	}),
	fileOnly(when(usesTLS, Field{
		Key: "database.mysql.tls.cert", Kind: Content, Check: noPrivateKey,
		Title: "Client certificate", Help: "The client certificate, PEM, where the database asks for one.",
		Needed:  func(a Answers) bool { return !a.Database.MySQL.TLS.Key.IsZero() },
		Example: "{file: client-cert.pem}",
	}, Field{
		Key: "database.mysql.tls.key", Kind: Secret,
		Title: "Client key", Help: "The private key of the client certificate, PEM.",
		Needed:  func(a Answers) bool { return !a.Database.MySQL.TLS.Cert.IsZero() },
		Example: "{file: client-key.pem}",
	})),
	fileOnly(when(usesMySQL, Field{
		Key: "database.mysql.pool.size", Kind: Integer,
		Title: "Pool size", Help: "Connections that each server pod keeps open. The server's own default is 20.", Check: positive, Example: "20",
	}, Field{
		Key: "database.mysql.pool.overflow", Kind: Integer,
		Title: "Pool overflow", Help: "Connections beyond the pool that each server pod may open for a while. The server's own default is 20; 0 for none.", Check: nonNegative, Example: "20",
	})),
)
