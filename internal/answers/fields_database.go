package answers

var (
	usesSQLite = condition{func(a Answers) bool { return a.Database.Type == SQLiteDatabase }, "database.type is sqlite"}
	usesMySQL  = condition{func(a Answers) bool { return a.Database.Type == MySQLDatabase }, "database.type is mysql"}

	persistsSQLite = condition{
		func(a Answers) bool { return usesSQLite.holds(a) && a.Database.SQLite.IsPersistent() },
		"database.sqlite.persistent is true",
	}
	usesPassword = condition{
		func(a Answers) bool { return usesMySQL.holds(a) && a.Database.MySQL.Auth != RDSAuth },
		"database.type is mysql and database.mysql.auth is password",
	}
	usesRDS = condition{
		func(a Answers) bool { return usesMySQL.holds(a) && a.Database.MySQL.Auth == RDSAuth },
		"database.type is mysql and database.mysql.auth is aws-rds-iam",
	}

	usesTLS = condition{func(a Answers) bool {
		mode := a.Database.MySQL.TLS.Mode
		return usesPassword.holds(a) && mode != "" && mode != TLSOff
	}, "database.mysql.auth is password and database.mysql.tls.mode is not off"}
	verifiesTLS = condition{func(a Answers) bool {
		mode := a.Database.MySQL.TLS.Mode
		return usesMySQL.holds(a) && (mode == TLSVerifyCA || mode == TLSVerifyFull)
	}, "database.mysql.tls.mode is verify-ca or verify-full"}
)

var databaseFields = atStep(StepDatabase,
	plain(Field{
		Key: "database.type", Kind: Choice, Needed: always,
		Title: "Database",
		Help:  "Where the server stores pipelines, runs, users and, by default, secrets.",
		Why: "SQLite is for trying ZenML: it allows one replica, and without a volume its data is lost when the " +
			"pod restarts. Use MySQL 8 in production.",
		Options: []Option{
			{Value: SQLiteDatabase, Title: "SQLite", Help: "Runs inside the server's pod. For trying ZenML."},
			{Value: MySQLDatabase, Title: "MySQL", Help: "Your own MySQL 8 server. For production."},
		},
	}),
	when(usesSQLite, Field{
		Key: "database.sqlite.persistent", Kind: Boolean,
		Title: "Keep the database on a volume",
		Help:  "Stores the SQLite file on a persistent volume.",
		Why:   "Without a volume all data is lost when the pod restarts. Requires chart 0.94.2 or newer.",
	}),
	when(persistsSQLite, Field{
		Key: "database.sqlite.size", Kind: Text, Default: "1Gi",
		Title: "Volume size", Help: "The size of the volume.", Check: quantity, Example: "2Gi",
	}, Field{
		Key: "database.sqlite.storageClass", Kind: Text,
		Title: "Storage class",
		Help:  "The StorageClass of the volume. If empty, the cluster's default.",
		Check: optionalDNSName,
	}),
	when(usesMySQL, Field{
		Key: "database.mysql.host", Kind: Text, Needed: always,
		Title: "Host", Help: "The host name or IP address of the MySQL server, as seen from the pods in the cluster.",
		Why:   "localhost would be the pod itself. A private address works if the cluster can reach it.",
		Check: databaseHost, Example: "db.example.com",
	}, Field{
		Key: "database.mysql.port", Kind: Integer, Default: "3306",
		Title: "Port", Help: "The port of the MySQL server.", Check: port,
	}, Field{
		Key: "database.mysql.user", Kind: Text, Needed: always,
		Title: "User", Help: "The MySQL user that ZenML logs in as.", Check: databaseUser, Example: "zenml",
	}),
	advanced(when(usesMySQL, Field{
		Key: "database.mysql.auth", Kind: Choice, Default: PasswordAuth,
		Title: "Database login", Help: "How the server logs in to the database.",
		Options: []Option{
			{Value: PasswordAuth, Title: "Password", Help: "With the user's password."},
			{
				Value: RDSAuth,
				Title: "AWS RDS IAM",
				Help: "With short-lived tokens from AWS, using the identity of the pods. Requires TLS mode " +
					"verify-full.",
			},
		},
	})),
	when(usesPassword, Field{
		Key: "database.mysql.password", Kind: Secret, Needed: always,
		Title: "Password", Help: "The password of the MySQL user.",
		Why: "It is stored in a Kubernetes Secret that the chart references, never in a URL, a file or a command line.",
	}),
	advanced(when(usesRDS, Field{
		Key: "database.mysql.rds.region", Kind: Text, Needed: always,
		Title: "AWS region", Help: "The region of the RDS instance.", Check: oneLine, Example: "eu-central-1",
	}, Field{
		Key: "database.mysql.rds.roleARN", Kind: Text,
		Title: "IAM role", Help: "The role that the server assumes to get its token. If empty, the pod's own identity.",
		Check: oneLine, Example: "arn:aws:iam::123456789012:role/zenml-db",
	})),
	when(usesMySQL, Field{
		Key: "database.mysql.tls.mode", Kind: Choice, Default: TLSOff,
		Title: "TLS",
		Help:  "How the connection to the database is encrypted and verified.",
		Why: "Managed databases often refuse unencrypted connections. Without verification, an attacker can " +
			"impersonate the database.",
		Options: []Option{
			{Value: TLSOff, Title: "off", Help: "No encryption. Only for trusted networks."},
			{Value: TLSRequire, Title: "require", Help: "Encrypted. The server's certificate is not verified."},
			{Value: TLSVerifyCA, Title: "verify-ca", Help: "Encrypted. The certificate must be signed by your CA."},
			{Value: TLSVerifyFull, Title: "verify-full",
				Help: "Like verify-ca, and the certificate must match the host name."},
		},
	}),
	when(verifiesTLS, Field{
		Key: "database.mysql.tls.ca", Kind: Content, Needed: always, Check: noPrivateKey,
		Title:   "CA certificate",
		Help:    "The certificate of the CA that signed the database server's certificate, in PEM format.",
		Example: "{file: ca.pem}",
	}),
	when(usesMySQL, Field{
		Key: "database.mysql.name", Kind: Text, Needed: always, Default: "zenml",
		Title: "Database name",
		Help: "The database (schema) on the MySQL server. It is created if it does not exist and the user may " +
			"create it.",
		Why:   "ZenML does not support names with hyphens or dots.",
		Check: databaseName,
	}),
	advanced(when(usesTLS, Field{
		Key: "database.mysql.tls.cert", Kind: Content, Check: noPrivateKey,
		Title: "Client certificate", Help: "The client certificate in PEM format, if the database requires one.",
		Needed:  func(a Answers) bool { return !a.Database.MySQL.TLS.Key.IsZero() },
		Example: "{file: client-cert.pem}",
	}, Field{
		Key: "database.mysql.tls.key", Kind: Secret, Document: true,
		Title: "Client key", Help: "The private key of the client certificate, in PEM format.",
		Needed:  func(a Answers) bool { return !a.Database.MySQL.TLS.Cert.IsZero() },
		Example: "{file: client-key.pem}",
	})),
	advanced(when(usesMySQL, Field{
		Key: "database.mysql.pool.size", Kind: Integer,
		Title:   "Pool size",
		Help:    "Connections that each server pod keeps open. ZenML's default is 20.",
		Check:   positive,
		Example: "20",
	}, Field{
		Key: "database.mysql.pool.overflow", Kind: Integer,
		Title:   "Pool overflow",
		Help:    "Additional connections that each server pod may open temporarily; 0 for none. ZenML's default is 20.",
		Check:   nonNegative,
		Example: "20",
	})),
)
