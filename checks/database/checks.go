// Package database holds the checks of MySQL and SQLite as this machine sees
// them. What a pod sees is the subject of package probepod.
package database

import (
	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// NeedsMySQL skips a check when the database is not MySQL.
func NeedsMySQL(e *check.Env) string {
	if e.Answers.Database.Type != answers.MySQLDatabase {
		return "the database is not MySQL"
	}
	return ""
}

func needsSQLite(e *check.Env) string {
	if e.Answers.Database.Type != answers.SQLiteDatabase {
		return "the database is not SQLite"
	}
	return ""
}

// Checks ask about the database as this machine sees it.
var Checks = []check.Check{
	{
		ID: "database.config", Claim: "the settings are well-formed", Severity: check.MustPass, When: NeedsMySQL, Run: checkConfig,
		Why: "the server refuses to start with a malformed database address, or reads it as another one",
		Finds: []string{
			"host, port, user, password or name of the database missing or malformed",
			"a database name with `-`, `.` or another character that the server refuses",
			"`localhost` or a loopback address: that is the pod itself",
			"raw chart values with another scheme than `mysql://`, an unknown query parameter, or a password inside the URL",
		},
	},
	{
		ID: "database.resolve", Claim: "the host resolves", Severity: check.MustPass, When: NeedsMySQL, Run: checkResolve, SettledBy: "database.in-cluster",
		Needs: []string{"database.config"},
		Why:   "without an address the migration job fails, and with it the install",
		Finds: []string{"no such host", "a name server that does not answer", "a name that only the cluster or a private network knows (a warning)"},
	},
	{
		ID: "database.connect", Claim: "the port answers like a MySQL server", Severity: check.MustPass, When: NeedsMySQL, Run: checkConnect, SettledBy: "database.in-cluster",
		Needs: []string{"database.resolve"},
		Why:   "the migration job would wait for the connection and then fail the install",
		Finds: []string{"refused", "no answer in time: a firewall or a security group", "too many connections (1040)", "this machine is blocked (1129)", "this machine is not allowed (1130)", "the port speaks something else", "a private address out of reach of this machine (a warning)"},
	},
	{
		ID: "database.tls", Claim: "the connection is protected as asked for", Severity: check.MustPass, When: NeedsMySQL, Run: checkTLS,
		Needs: []string{"database.connect"},
		Why:   "the server connects with the same settings and would be refused, or would talk to an impostor",
		Finds: []string{"TLS asked for, and the server offers none", "the server insists on TLS, and it is off", "a certificate of an unknown authority, for another host, or expired", "a CA that is an intermediate, without its root", "a certificate that names the host in its common name alone (a warning)", "no common TLS version", "a client certificate that the server refuses, or whose key is another one's", "a CA, certificate or key that is not PEM"},
	},
	{
		ID: "database.login", Claim: "the user may log in", Severity: check.MustPass, When: NeedsMySQL, Run: checkLogin,
		Needs: []string{"database.tls"},
		Why:   "the migration job and every server pod log in with this user and password",
		Finds: []string{"wrong user or password (1045)", "an account that demands a client certificate and gets none", "a host from which the user may not log in (1130)", "an authentication method that the server's client does not have (1251, 1524)", "an expired password (1820, 1862)", "a locked account (3118, 4151)"},
	},
	{
		ID: "database.version", Claim: "the server is MySQL 8.0 or newer", Severity: check.MustPass, When: NeedsMySQL, Run: checkVersion,
		Needs: []string{"database.login"},
		Why:   "the server's migrations use what MySQL 8.0 brought; on older ones they end half-way",
		Finds: []string{"MySQL 5.7 and older", "MariaDB, TiDB, Vitess, PlanetScale (a warning: they are not tested with ZenML)"},
	},
	{
		ID: "database.writable", Claim: "the server is a primary that takes writes", Severity: check.MustPass, When: NeedsMySQL, Run: checkWritable,
		Needs: []string{"database.login"},
		Why:   "a read replica's endpoint is a common mistake: the first write fails, in the middle of the install",
		Finds: []string{"read_only, super_read_only or innodb_read_only is on"},
	},
	{
		ID: "database.exists", Claim: "the database exists or can be created", Severity: check.MustPass, When: NeedsMySQL, Run: checkExists,
		Needs: []string{"database.login"},
		Why:   "the server creates a missing database itself, if its user may; otherwise the migration job fails",
		Finds: []string{"no such database, and no right to create it (1049)", "no right on the database at all (1044)"},
	},
	{
		ID: "database.privileges", Claim: "the user may create, alter, index, reference and drop tables", Severity: check.MustPass, When: NeedsMySQL, Run: checkPrivileges,
		Needs: []string{"database.exists", "database.writable"},
		Why:   "a migration that lacks a right stops half-way and leaves a schema that neither version can use",
		Finds: []string{"each missing right of CREATE, ALTER, DROP, INDEX, REFERENCES, SELECT, INSERT, UPDATE, DELETE, asked on a table that does not exist", "anything else that stops a table from being made, proved on a scratch table that is removed again (not under --read-only)"},
	},
	{
		ID: "database.schema", Claim: "it is empty, or a ZenML schema of this version or older", Severity: check.MustPass, When: NeedsMySQL, Run: checkSchema,
		Needs: []string{"database.exists"},
		Why:   "the server refuses a database that has tables and no alembic_version, and does not start on a newer schema",
		Finds: []string{"tables of something else", "a schema newer than the chart (a downgrade), where the revision names its version", "a migration that was interrupted", "scratch tables of a preflight that was killed"},
	},
	{
		ID: "database.connections", Claim: "max_connections covers every pod's pool", Severity: check.MustPass, When: NeedsMySQL, Run: checkConnections,
		Needs: []string{"database.login"},
		Why:   "under load the server's requests fail with \"too many connections\"",
		Finds: []string{"fewer than replicas × (pool size + overflow), by max_connections, max_user_connections or the account's own MAX_USER_CONNECTIONS"},
	},
	{
		ID: "database.backup", Claim: "the backup strategy's rights are there", Severity: check.MustPass, When: NeedsMySQL, Run: checkBackup,
		Needs: []string{"database.login"},
		Why:   "a restore after a failed migration drops and creates the database; without the rights there is no way back",
		Finds: []string{"no DROP and CREATE on the database for `in-memory` and `dump-file`", "no rights on the database of the copy for `database`", "`dump-file` without a volume (a warning)", "no backup at all (a warning)", "`database` or `mydumper` with the AWS login"},
	},
	{
		ID: "database.change", Claim: "the data stay where the deployed release has them", Severity: check.MustPass, When: check.NeedsCluster, Run: checkChange,
		Needs: []string{"cluster.reachable"},
		Why:   "the server moves no data by itself: with another database it starts empty, and whoever reaches it first becomes its admin",
		Finds: []string{
			"an upgrade from MySQL to SQLite",
			"an upgrade from SQLite to MySQL (a warning)",
			"an upgrade to another host, port or database of MySQL (a warning)",
		},
	},
	{
		ID: "database.sqlite", Claim: "SQLite serves what is asked of it", Severity: check.MustPass, When: needsSQLite, Run: checkSQLite,
		Why:   "SQLite is a file inside one pod",
		Finds: []string{"no volume: a restart of the pod forgets everything (a warning)", "more than one replica", "autoscaling"},
	},
}
