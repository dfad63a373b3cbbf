// Package mysqlerr explains the errors of MySQL and MariaDB servers and their
// clients by number.
package mysqlerr

import "strings"

// Error is one error of a database server or its client.
type Error struct {
	Number    int
	Summary   string // what failed, in plain words
	Remedy    string // what to do; {user} stands for the account, {database} for the database
	Temporary bool   // may resolve without intervention
}

// RemedyFor returns the remedy for an account, as SQL names it ('zenml'@'%'), and a
// database.
func (e Error) RemedyFor(account, database string) string {
	return strings.NewReplacer("{user}", account, "{database}", database).Replace(e.Remedy)
}

// Lookup returns the error with a number.
func Lookup(number int) (Error, bool) {
	for _, e := range errors {
		if e.Number == number {
			return e, true
		}
	}
	return Error{}, false
}

// All returns every known error, in the order of the numbers.
func All() []Error { return append([]Error(nil), errors...) }

// The numbers of errors. Those below 2000 and from 3000 are the server's, those
// between are the client's: https://dev.mysql.com/doc/mysql-errors/en/.
const (
	TooManyConnections      = 1040
	DatabaseDenied          = 1044
	AccessDenied            = 1045
	UnknownDatabase         = 1049
	TableExists             = 1050
	ColumnExists            = 1060
	KeyTooLong              = 1071
	HostBlocked             = 1129
	HostNotAllowed          = 1130
	TableDenied             = 1142
	ColumnDenied            = 1143
	UnknownVariable         = 1193
	TooManyUserConnections  = 1203
	GlobalDenied            = 1227
	UnsupportedPlugin       = 1251
	OptionPrevents          = 1290
	WrongString             = 1366
	TriggersDenied          = 1419
	PluginNotLoaded         = 1524
	PasswordNotUsed         = 1698
	IndexColumnTooLong      = 1709
	MustChangePassword      = 1820
	ReadOnly                = 1836
	PasswordExpired         = 1862
	CannotConnect           = 2003
	ServerGone              = 2006
	ConnectionLost          = 2013
	AccountLocked           = 3118
	SecureTransportRequired = 3159
	PrimaryKeyRequired      = 3750
	MariaDBAccountLocked    = 4151
)

var errors = []Error{
	{Number: TooManyConnections, Temporary: true, Summary: "the database has no free connection",
		Remedy: "raise max_connections on the database server, or lower database.mysql.pool"},
	{Number: DatabaseDenied, Summary: "the database user has no rights on the database",
		Remedy: "run on the database: GRANT ALL PRIVILEGES ON {database}.* TO {user};"},
	{Number: AccessDenied, Summary: "the database rejects the user name or the password",
		Remedy: "correct database.mysql.password or database.mysql.user; " +
			"if the server requires TLS for this user, set database.mysql.tls.mode"},
	{Number: UnknownDatabase, Summary: "the database does not exist and could not be created",
		Remedy: "create it, or run on the database: GRANT ALL PRIVILEGES ON {database}.* TO {user};"},
	{Number: TableExists, Summary: "the migration creates a table that exists already",
		Remedy: "drop the table if a failed migration left it or nothing needs it, or use another database: " +
			"database.mysql.name"},
	{Number: ColumnExists, Summary: "the migration adds a column that exists already, as after a failed migration",
		Remedy: "restore the database from a backup, then upgrade again"},
	{Number: KeyTooLong, Summary: "the database's default storage engine or row format does not support long indexes",
		Remedy: "set default_storage_engine = InnoDB and innodb_default_row_format = DYNAMIC on the database server, " +
			"then drop and create the database"},
	{Number: HostBlocked, Summary: "the database server blocks this client after too many failed connections",
		Remedy: "run: mysqladmin flush-hosts"},
	{Number: HostNotAllowed, Summary: "the database server does not allow connections from this address",
		Remedy: "create the account for the cluster's addresses: CREATE USER {user} IDENTIFIED BY '...';"},
	{Number: TableDenied, Summary: "the database user lacks a privilege on a table",
		Remedy: "run on the database: GRANT ALL PRIVILEGES ON {database}.* TO {user};"},
	{Number: ColumnDenied, Summary: "the database user lacks a privilege on a column",
		Remedy: "run on the database: GRANT ALL PRIVILEGES ON {database}.* TO {user};"},
	{Number: TooManyUserConnections, Temporary: true, Summary: "the database user has no free connection",
		Remedy: "raise max_user_connections on the database server, or lower database.mysql.pool"},
	{Number: GlobalDenied, Summary: "the database user lacks a global privilege",
		Remedy: "grant it, or set database.backup.strategy to one that does not need it"},
	{Number: UnsupportedPlugin, Summary: "the client does not support the database user's authentication plugin",
		Remedy: "run on the database: ALTER USER {user} IDENTIFIED WITH caching_sha2_password BY '...';"},
	{Number: OptionPrevents, Summary: "an option of the database server prevents writing",
		Remedy: "set database.mysql.host to the primary, not to a replica, or turn off the option that the message " +
			"names"},
	{Number: WrongString, Summary: "the database's character set cannot store the text",
		Remedy: "run on the database: ALTER DATABASE {database} CHARACTER SET utf8mb4; then convert its tables"},
	{Number: TriggersDenied, Summary: "the database does not allow triggers while binary logging is on",
		Remedy: "set log_bin_trust_function_creators = 1 on the database server"},
	{Number: PluginNotLoaded, Summary: "the database user's authentication plugin is not loaded",
		Remedy: "run on the database: ALTER USER {user} IDENTIFIED WITH caching_sha2_password BY '...';"},
	{Number: PasswordNotUsed, Summary: "the database user does not log in by password",
		Remedy: "run on the database: ALTER USER {user} IDENTIFIED WITH caching_sha2_password BY '...';"},
	{Number: IndexColumnTooLong, Summary: "the database's default row format does not support long indexes",
		Remedy: "set innodb_default_row_format = DYNAMIC on the database server, then drop and create the database"},
	{Number: MustChangePassword, Summary: "the database user must change the password first",
		Remedy: "run on the database: ALTER USER {user} IDENTIFIED BY '...' PASSWORD EXPIRE NEVER;"},
	{Number: ReadOnly, Summary: "the database is read-only",
		Remedy: "set database.mysql.host to the primary, not to a replica"},
	{Number: PasswordExpired, Summary: "the database user's password has expired",
		Remedy: "run on the database: ALTER USER {user} IDENTIFIED BY '...' PASSWORD EXPIRE NEVER;"},
	{Number: CannotConnect, Temporary: true, Summary: "the cluster cannot reach the database",
		Remedy: "check database.mysql.host and database.mysql.port, firewalls and network policies"},
	{Number: ServerGone, Temporary: true, Summary: "the database closed the connection",
		Remedy: "check the database's log, max_allowed_packet and wait_timeout"},
	{Number: ConnectionLost, Temporary: true, Summary: "the connection to the database was lost",
		Remedy: "check that the port speaks MySQL, and the timeouts of proxies in between"},
	{Number: AccountLocked, Summary: "the database user is locked",
		Remedy: "run on the database: ALTER USER {user} ACCOUNT UNLOCK;"},
	{Number: SecureTransportRequired, Summary: "the database requires TLS",
		Remedy: "set database.mysql.tls.mode, and database.mysql.tls.ca if the CA is private"},
	{Number: PrimaryKeyRequired, Summary: "the database requires a primary key in every table",
		Remedy: "set sql_require_primary_key = OFF for this database"},
	{Number: MariaDBAccountLocked, Summary: "the database user is locked",
		Remedy: "run on the database: ALTER USER {user} ACCOUNT UNLOCK;"},
}
