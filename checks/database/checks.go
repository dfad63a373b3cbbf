// Package database contains the checks of MySQL and SQLite from this machine.
// Package probepod checks MySQL from a pod.
package database

import (
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// NeedsMySQL skips a check if the database is not MySQL.
func NeedsMySQL(e *check.Env) string {
	if e.Answers.Database.Type != answers.MySQLDatabase {
		return "the database is not MySQL"
	}
	return ""
}

// Checks verify the database from this machine.
var Checks = []check.Check{
	{
		ID:       "database.config",
		Claim:    "the database settings are well-formed",
		Failure:  "the database settings are malformed",
		Severity: check.MustPass,
		When:     NeedsMySQL,
		Answers:  []string{"database.mysql.name", "database.mysql.host"},
		Run:      checkConfig,

		Reason: "the server refuses to start with a malformed database address, or reads it as another one",
		Finds: []string{
			"a missing or malformed host, port, user, password or database name",
			"a database name with `-`, `.` or another character that the server rejects",
			"`localhost` or a loopback address, which is the pod itself",
			"raw chart values with another scheme than `mysql://`, an unknown query parameter, or a " +
				"password in the URL",
		},
	},
	{
		ID:        "database.resolve",
		Claim:     "the database host resolves",
		Failure:   "the database host does not resolve",
		Severity:  check.MustPass,
		When:      NeedsMySQL,
		Needs:     []string{"database.config"},
		SettledBy: "database.in-cluster",
		Answers:   []string{"database.mysql.host"},
		Run:       checkResolve,

		Reason: "without an address the migration job fails, and the install with it",
		Finds: []string{
			"an unknown host",
			"a name server that does not answer",
			"a name that only the cluster or a private network resolves (a warning)",
		},
	},
	{
		ID:        "database.connect",
		Claim:     "the database port accepts connections",
		Failure:   "the database port does not accept connections",
		Severity:  check.MustPass,
		When:      NeedsMySQL,
		Needs:     []string{"database.resolve"},
		SettledBy: "database.in-cluster",
		Answers:   []string{"database.mysql.port", "database.mysql.host"},
		Run:       checkConnect,

		Reason: "the migration job waits for the connection and then fails the install",
		Finds: []string{
			"connection refused",
			"a timeout: a firewall or a security group",
			"too many connections (1040)",
			"this machine is blocked (1129) or not allowed (1130)",
			"a port that speaks another protocol than MySQL",
			"a private address that this machine cannot reach (a warning)",
		},
		Accepts: []string{"a database with an IPv6 address"},
	},
	{
		ID:       "database.tls",
		Claim:    "the database connection uses TLS as configured",
		Failure:  "the database connection cannot use TLS as configured",
		Severity: check.MustPass,
		When:     NeedsMySQL,
		Needs:    []string{"database.connect"},
		Answers:  []string{"database.mysql.tls.mode"},
		Run:      checkTLS,

		Reason: "the server connects with the same settings: it would be rejected, or would trust an impostor",
		Finds: []string{
			"TLS is required, and the database server does not offer it",
			"TLS is off, and the database server requires it",
			"a certificate that is expired, for another host, or from an unknown authority",
			"a CA that is an intermediate certificate without its root",
			"a certificate that names the host only in its common name (a warning)",
			"no TLS version in common",
			"a client certificate that the database server rejects, or whose private key does not match",
			"a CA, certificate or key that is not PEM",
		},
	},
	{
		ID:       "database.login",
		Claim:    "the user can log in",
		Failure:  "the user cannot log in",
		Severity: check.MustPass,
		When:     NeedsMySQL,
		Needs:    []string{"database.tls"},
		Answers:  []string{"database.mysql.password", "database.mysql.user"},
		Run:      checkLogin,

		Reason: "the migration job and every server pod log in with this user and password",
		Finds: []string{
			"a wrong user or password (1045)",
			"an account that requires a client certificate and gets none",
			"a host from which the user is not allowed to log in (1130)",
			"an authentication method that the server's client does not support (1251, 1524)",
			"an expired password (1820, 1862)",
			"a locked account (3118, 4151)",
		},
	},
	{
		ID:       "database.version",
		Claim:    "the database server is MySQL 8.0 or newer",
		Failure:  "the database server is not MySQL 8.0 or newer",
		Severity: check.MustPass,
		When:     NeedsMySQL,
		Needs:    []string{"database.login"},
		Answers:  []string{"database.mysql.host"},
		Run:      checkVersion,

		Reason: "the server's migrations need MySQL 8.0; on older versions they stop partway",
		Finds: []string{
			"MySQL 5.7 and older",
			"MariaDB, TiDB, Vitess, PlanetScale (a warning: they are not tested with ZenML)",
		},
		Accepts: []string{managedServers, relatedServers},
	},
	{
		ID:       "database.writable",
		Claim:    "the database server accepts writes",
		Failure:  "the database server is read-only",
		Severity: check.MustPass,
		When:     NeedsMySQL,
		Needs:    []string{"database.login"},
		Answers:  []string{"database.mysql.host"},
		Run:      checkWritable,

		Reason: "the endpoint of a read replica is a common mistake: the first write fails, partway through the " +
			"install",
		Finds: []string{
			"read_only, super_read_only or innodb_read_only is on",
		},
	},
	{
		ID:       "database.exists",
		Claim:    "the database exists or can be created",
		Failure:  "the database does not exist and cannot be created",
		Severity: check.MustPass,
		When:     NeedsMySQL,
		Needs:    []string{"database.login"},
		Answers:  []string{"database.mysql.name"},
		Run:      checkExists,

		Reason: "the server creates a missing database if its user is allowed to; otherwise the migration job fails",
		Finds: []string{
			"a missing database that the user is not allowed to create (1049)",
			"a user without any privilege on the database (1044)",
			"a missing database with a name that almost exists, which may be misspelled (a warning)",
		},
	},
	{
		ID:       "database.privileges",
		Claim:    "the user can create, alter, index, reference and drop tables",
		Failure:  "the user lacks privileges on the database",
		Severity: check.MustPass,
		When:     NeedsMySQL,
		Needs:    []string{"database.exists", "database.writable"},
		Answers:  []string{"database.mysql.user"},
		Run:      checkPrivileges,
		Limit:    time.Minute, // a scratch table takes two dozen round trips

		Reason: "a migration that lacks a privilege stops partway and leaves a schema that neither version can use",
		Finds: []string{
			"each missing privilege among CREATE, ALTER, DROP, INDEX, REFERENCES, SELECT, INSERT, UPDATE " +
				"and DELETE, tried on a table that does not exist",
			"anything else that prevents creating a table, tried with a scratch table that is removed " +
				"again (not with --read-only)",
		},
	},
	{
		ID:       "database.schema",
		Claim:    "the database is empty, or has a ZenML schema of this version or older",
		Failure:  "the database has a schema that this version cannot use",
		Severity: check.MustPass,
		When:     NeedsMySQL,
		Needs:    []string{"database.exists"},
		Answers:  []string{"database.mysql.name"},
		Run:      checkSchema,

		Reason: "the server does not start on a newer schema or an incomplete one, and restoring a backup drops the " +
			"whole database",
		Finds: []string{
			"a schema newer than the chart (a downgrade), where the revision names its version",
			"several workspaces, which the migration to 0.80.0 or newer refuses",
			"an interrupted migration",
			"a `stack` table without an `alembic_version` table",
			"tables of another application (a warning)",
			"scratch tables of a killed preflight, with --read-only (a warning)",
		},
	},
	{
		ID:       "database.engine",
		Claim:    "the database creates tables with InnoDB and long indexes",
		Failure:  "the database does not create tables with InnoDB and long indexes",
		Severity: check.MustPass,
		When:     NeedsMySQL,
		Needs:    []string{"database.login"},
		Answers:  []string{"database.mysql.host"},
		Run:      checkEngine,

		Reason: engineReason,
		Finds: []string{
			"a default_storage_engine or enforce_storage_engine other than InnoDB, such as MyISAM",
			"the row format COMPACT or REDUNDANT (innodb_default_row_format)",
		},
	},
	{
		ID:       "database.charset",
		Claim:    "the database can store any text",
		Failure:  "the database cannot store any text",
		Severity: check.ShouldPass,
		When:     NeedsMySQL,
		Needs:    []string{"database.exists"},
		Answers:  []string{"database.mysql.name"},
		Run:      checkCharset,

		Reason: "the server cannot store names with characters outside the character set (1366)",
		Finds: []string{
			"a database, or a server default for a new one, with latin1, utf8mb3 or another character set that " +
				"does not cover Unicode (a warning)",
		},
	},
	{
		ID:       "database.connections",
		Claim:    "max_connections covers the connection pools of all pods",
		Failure:  "max_connections does not cover the connection pools of all pods",
		Severity: check.MustPass,
		When:     NeedsMySQL,
		Needs:    []string{"database.login"},
		Answers:  []string{"database.mysql.host"},
		Run:      checkConnections,

		Reason: "under load, requests to the server fail with \"too many connections\"",
		Finds: []string{
			"a limit below replicas × (pool size + overflow): max_connections, max_user_connections or " +
				"the account's own MAX_USER_CONNECTIONS",
		},
	},
	{
		ID:       "database.backup",
		Claim:    "the user has the privileges of the backup strategy",
		Failure:  "the user lacks the privileges of the backup strategy",
		Severity: check.MustPass,
		When:     NeedsMySQL,
		Needs:    []string{"database.login"},
		Answers:  []string{"database.mysql.user"},
		Run:      checkBackup,

		Reason: "restoring after a failed migration drops and recreates the database; without the privileges it " +
			"cannot be restored",
		Finds: []string{
			"no DROP and CREATE on the database, for `in-memory` and `dump-file`",
			"no privileges on the backup database, for `database`",
			"`dump-file` without a volume (a warning)",
			"no backup at all (a warning)",
			"`database` or `mydumper` together with AWS IAM authentication",
		},
	},
	{
		ID:       "database.change",
		Claim:    "the release keeps using its current database",
		Failure:  "the upgrade would switch to another database",
		Severity: check.MustPass,
		When:     check.NeedsCluster,
		Needs:    []string{"cluster.reachable"},
		Answers:  []string{"database.type"},
		Run:      checkChange,

		Reason: "the server does not move data: with another database it starts empty, and whoever reaches it " +
			"first becomes its admin",
		Finds: []string{
			"an upgrade from MySQL to SQLite",
			"an upgrade from SQLite to MySQL (a warning)",
			"an upgrade to another MySQL host, port or database (a warning)",
		},
	},
	{
		ID:       "database.sqlite",
		Claim:    "the settings suit SQLite",
		Failure:  "the settings do not suit SQLite",
		Severity: check.MustPass,
		When:     needsSQLite,
		Answers:  []string{"database.sqlite.persistent", "database.type"},
		Run:      checkSQLite,

		Reason: "SQLite is a file inside one pod",
		Finds: []string{
			"no volume: the data are lost when the pod restarts (a warning)",
			"more than one replica",
			"autoscaling",
		},
	},
}
