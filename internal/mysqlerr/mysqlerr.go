// Package mysqlerr explains the errors of MySQL and MariaDB servers and their
// clients by number.
package mysqlerr

import "strings"

// Error is one error of a database server or its client.
type Error struct {
	Number    int
	Summary   string // what failed, in plain words
	Remedy    string // what to do; {user} stands for the account
	Temporary bool   // it can pass without anybody doing something
}

// RemedyFor returns the remedy for an account, as SQL names it: 'zenml'@'%'.
func (e Error) RemedyFor(account string) string {
	return strings.ReplaceAll(e.Remedy, "{user}", account)
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

// The numbers below 2000 and from 3000 are the server's, those between are the
// client's: https://dev.mysql.com/doc/mysql-errors/en/. 4151 is MariaDB's.
var errors = []Error{
	{Number: 1040, Temporary: true, Summary: "the database has no free connection",
		Remedy: "raise max_connections on the database server, or lower database.mysql.pool"},
	{Number: 1044, Summary: "the database user has no rights on the database",
		Remedy: "run on the database: GRANT ALL PRIVILEGES ON <database>.* TO {user}"},
	{Number: 1045, Summary: "the database rejects the user name or the password",
		Remedy: "correct database.mysql.user and database.mysql.password; " +
			"if the server requires TLS for this user, set database.mysql.tls.mode"},
	{Number: 1049, Summary: "the database does not exist and could not be created",
		Remedy: "create it, or run on the database: GRANT ALL PRIVILEGES ON <database>.* TO {user}"},
	{Number: 1129, Summary: "the database server blocks this client after too many failed connections",
		Remedy: "run: mysqladmin flush-hosts"},
	{Number: 1130, Summary: "the database server does not allow connections from this address",
		Remedy: "create the account for the cluster's addresses: CREATE USER {user} IDENTIFIED BY '...'"},
	{Number: 1142, Summary: "the database user lacks a privilege on a table",
		Remedy: "run on the database: GRANT ALL PRIVILEGES ON <database>.* TO {user}"},
	{Number: 1143, Summary: "the database user lacks a privilege on a column",
		Remedy: "run on the database: GRANT ALL PRIVILEGES ON <database>.* TO {user}"},
	{Number: 1203, Temporary: true, Summary: "the database user has no free connection",
		Remedy: "raise max_user_connections on the database server, or lower database.mysql.pool"},
	{Number: 1227, Summary: "the database user lacks a global privilege",
		Remedy: "grant it, or set database.backup.strategy to one that does not need it"},
	{Number: 1251, Summary: "the client does not support the database user's authentication plugin",
		Remedy: "run on the database: ALTER USER {user} IDENTIFIED WITH caching_sha2_password BY '...'"},
	{Number: 1290, Summary: "the database is read-only",
		Remedy: "set database.mysql.host to the primary, not to a replica"},
	{Number: 1419, Summary: "the database does not allow triggers while binary logging is on",
		Remedy: "set log_bin_trust_function_creators = 1 on the database server"},
	{Number: 1524, Summary: "the database user's authentication plugin is not loaded",
		Remedy: "run on the database: ALTER USER {user} IDENTIFIED WITH caching_sha2_password BY '...'"},
	{Number: 1698, Summary: "the database user does not log in by password",
		Remedy: "run on the database: ALTER USER {user} IDENTIFIED WITH caching_sha2_password BY '...'"},
	{Number: 1820, Summary: "the database user must change the password first",
		Remedy: "run on the database: ALTER USER {user} IDENTIFIED BY '...' PASSWORD EXPIRE NEVER"},
	{Number: 1836, Summary: "the database is read-only",
		Remedy: "set database.mysql.host to the primary, not to a replica"},
	{Number: 1862, Summary: "the database user's password has expired",
		Remedy: "run on the database: ALTER USER {user} IDENTIFIED BY '...' PASSWORD EXPIRE NEVER"},
	{Number: 2003, Temporary: true, Summary: "the cluster cannot reach the database",
		Remedy: "check database.mysql.host and database.mysql.port, firewalls and network policies"},
	{Number: 2006, Temporary: true, Summary: "the database closed the connection",
		Remedy: "check the database's log, max_allowed_packet and wait_timeout"},
	{Number: 2013, Temporary: true, Summary: "the connection to the database was lost",
		Remedy: "check that the port speaks MySQL, and the timeouts of proxies in between"},
	{Number: 3118, Summary: "the database user is locked",
		Remedy: "run on the database: ALTER USER {user} ACCOUNT UNLOCK"},
	{Number: 3159, Summary: "the database requires TLS",
		Remedy: "set database.mysql.tls.mode, and database.mysql.tls.ca if the CA is private"},
	{Number: 3750, Summary: "the database requires a primary key in every table",
		Remedy: "set sql_require_primary_key = OFF for this database"},
	{Number: 4151, Summary: "the database user is locked",
		Remedy: "run on the database: ALTER USER {user} ACCOUNT UNLOCK"},
}
