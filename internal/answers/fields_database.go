package answers

func usesSQLite(a Answers) bool     { return a.Database.Type == SQLiteDatabase }
func persistsSQLite(a Answers) bool { return usesSQLite(a) && a.Database.SQLite.Persistent }
func usesMySQL(a Answers) bool      { return a.Database.Type == MySQLDatabase }

func usesTLS(a Answers) bool {
	return usesMySQL(a) && a.Database.MySQL.TLS.Mode != "" && a.Database.MySQL.TLS.Mode != TLSOff
}

func verifiesTLS(a Answers) bool {
	mode := a.Database.MySQL.TLS.Mode
	return usesMySQL(a) && (mode == TLSVerifyCA || mode == TLSVerifyFull)
}

func always(Answers) bool { return true }

var databaseFields = []Field{
	{
		Key: "database.type", Step: StepDatabase, Kind: Choice, Needed: always,
		Title: "Database",
		Help:  "Where the server keeps pipelines, runs, users and, by default, secrets.",
		Why:   "SQLite is for a first look: one replica, and gone with the pod unless it is on a volume. A team wants MySQL 8.",
		Options: []Option{
			{Value: SQLiteDatabase, Title: "SQLite", Help: "Inside the server's pod. Nothing to prepare; for trying it out."},
			{Value: MySQLDatabase, Title: "MySQL", Help: "A MySQL 8 server of your own. For anything that must last."},
		},
	},
	{
		Key: "database.sqlite.persistent", Step: StepDatabase, Kind: Boolean, When: usesSQLite,
		Title: "Keep the database on a volume",
		Help:  "Puts the SQLite file on a persistent volume.",
		Why:   "Without it the next restart of the pod forgets everything. Charts before the server: layout cannot do it.",
	},
	{
		Key: "database.sqlite.size", Step: StepDatabase, Kind: Text, When: persistsSQLite, Default: "1Gi",
		Title: "Volume size", Help: "The size of the volume.", Check: quantity, Example: "2Gi",
	},
	{
		Key: "database.sqlite.storageClass", Step: StepDatabase, Kind: Text, When: persistsSQLite,
		Title: "Storage class", Help: "The StorageClass of the volume. Empty means the cluster's default.", Check: optionalDNSName,
	},
	{
		Key: "database.mysql.host", Step: StepDatabase, Kind: Text, When: usesMySQL, Needed: always,
		Title: "Host", Help: "The MySQL server's host name or address, as the pods in the cluster see it.",
		Why:   "localhost would be the pod itself. A private address is fine, as long as the cluster reaches it.",
		Check: databaseHost, Example: "db.example.com",
	},
	{
		Key: "database.mysql.port", Step: StepDatabase, Kind: Integer, When: usesMySQL, Default: "3306",
		Title: "Port", Help: "The MySQL server's port.", Check: port,
	},
	{
		Key: "database.mysql.name", Step: StepDatabase, Kind: Text, When: usesMySQL, Needed: always, Default: "zenml",
		Title: "Database name", Help: "The database (schema) on that server. The server creates it when it is missing and the user may.",
		Why:   "ZenML refuses names with hyphens or dots.",
		Check: databaseName,
	},
	{
		Key: "database.mysql.user", Step: StepDatabase, Kind: Text, When: usesMySQL, Needed: always,
		Title: "User", Help: "The MySQL user of the server.", Check: databaseUser, Example: "zenml",
	},
	{
		Key: "database.mysql.password", Step: StepDatabase, Kind: Secret, When: usesMySQL, Needed: always,
		Title: "Password", Help: "The MySQL user's password.",
		Why: "It goes into a Kubernetes Secret that the chart references: never into a URL, a file or a command line.",
	},
	{
		Key: "database.mysql.tls.mode", Step: StepDatabase, Kind: Choice, When: usesMySQL, Default: TLSOff,
		Title: "TLS",
		Help:  "How the connection to the database is protected.",
		Why:   "Managed databases often refuse unencrypted logins; encryption without verification does not tell an impostor from your server.",
		Options: []Option{
			{Value: TLSOff, Title: "off", Help: "No encryption. Only on a network that you trust."},
			{Value: TLSRequire, Title: "require", Help: "Encrypted; the server's certificate is not verified."},
			{Value: TLSVerifyCA, Title: "verify-ca", Help: "Encrypted; the certificate must come from the CA that you give."},
			{Value: TLSVerifyFull, Title: "verify-full", Help: "As verify-ca, and the certificate must bear the host's name."},
		},
	},
	{
		Key: "database.mysql.tls.ca", Step: StepDatabase, Kind: Content, When: verifiesTLS, Needed: always,
		Title: "CA certificate", Help: "The certificate of the authority that signed the database server's certificate, PEM.",
		Example: "{file: ca.pem}",
	},
	{
		Key: "database.mysql.tls.cert", Step: StepDatabase, Kind: Content, When: usesTLS, FileOnly: true,
		Title: "Client certificate", Help: "The client certificate, PEM, where the database asks for one.",
		Needed: func(a Answers) bool { return !a.Database.MySQL.TLS.Key.IsZero() },
	},
	{
		Key: "database.mysql.tls.key", Step: StepDatabase, Kind: Secret, When: usesTLS, FileOnly: true,
		Title: "Client key", Help: "The private key of the client certificate, PEM.",
		Needed: func(a Answers) bool { return !a.Database.MySQL.TLS.Cert.IsZero() },
	},
	{
		Key: "database.mysql.pool.size", Step: StepDatabase, Kind: Integer, When: usesMySQL, FileOnly: true,
		Title: "Pool size", Help: "Connections that each server pod keeps open. The server's own default is 20.", Check: positive,
	},
	{
		Key: "database.mysql.pool.overflow", Step: StepDatabase, Kind: Integer, When: usesMySQL, FileOnly: true,
		Title: "Pool overflow", Help: "Connections beyond the pool that each server pod may open for a while. The server's own default is 20.", Check: positive,
	},
}
