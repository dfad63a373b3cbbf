package database

import (
	"fmt"

	"github.com/go-sql-driver/mysql"

	"errors"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// The server's error numbers that the checks tell apart.
const (
	errTooManyConnections = 1040
	errDatabaseDenied     = 1044
	errAccessDenied       = 1045
	errUnknownDatabase    = 1049
	errHostBlocked        = 1129
	errHostNotAllowed     = 1130
	errCommandDenied      = 1142
	errColumnDenied       = 1143
	errUnknownVariable    = 1193
	errTooManyOfUser      = 1203
	errSpecificDenied     = 1227
	errOldClient          = 1251
	errPluginMissing      = 1524
	errNoPassword         = 1698
	errMustChange         = 1820
	errPasswordExpired    = 1862
	errAccountLocked      = 3118
	errSecureTransport    = 3159
	errMariaLocked        = 4151
)

// MySQLFault explains an error of the database server.
func MySQLFault(e *check.Env, err error) *check.Fault {
	var server *mysql.MySQLError
	if !errors.As(err, &server) {
		return driverFault(e, err)
	}
	user := e.Answers.Database.MySQL.User
	fault := &check.Fault{
		Found: fmt.Sprintf("the database server reports: %s (%d)", server.Message, server.Number),
		Cause: err,
	}
	switch server.Number {
	case errTooManyConnections, errTooManyOfUser:
		fault.Found = fmt.Sprintf("the database server has too many connections (%d)", server.Number)
		fault.Remedy = "SET GLOBAL max_connections = 200;\nor close unused connections: SHOW PROCESSLIST;"
	case errAccessDenied:
		fault.Found = fmt.Sprintf(
			"the user or the password is wrong, or the user cannot log in from this address: %s (1045)", server.Message)
		fault.Remedy = "correct database.mysql.user and database.mysql.password, or set the password again:\n" +
			alterUser(
				e, "IDENTIFIED BY '...'")
	case errNoPassword:
		fault.Found = fmt.Sprintf("%s does not log in by password: %s (1698)", user, server.Message)
		fault.Remedy = alterUser(e, "IDENTIFIED BY '...'")
	case errHostBlocked:
		fault.Found = "the database server blocks this machine after too many failed connections (1129)"
		fault.Remedy = "mysqladmin flush-hosts"
	case errHostNotAllowed:
		fault.Found = fmt.Sprintf("the database server does not allow connections from this machine: %s (1130)",
			server.Message)
		fault.Remedy = "CREATE USER " + anyHost(
			e) + " IDENTIFIED BY '...';\nor use a narrower host pattern that covers the cluster's nodes"
	case errOldClient, errPluginMissing:
		fault.Found = fmt.Sprintf("the authentication plugin of %s is not supported: %s (%d)", user, server.Message,
			server.Number)
		fault.Remedy = alterUser(e, "IDENTIFIED WITH caching_sha2_password BY '...'")
	case errPasswordExpired, errMustChange:
		fault.Found = fmt.Sprintf("the password of %s has expired (%d)", user, server.Number)
		fault.Remedy = alterUser(e, "IDENTIFIED BY '...' PASSWORD EXPIRE NEVER")
	case errAccountLocked, errMariaLocked:
		fault.Found = fmt.Sprintf("the account of %s is locked (%d)", user, server.Number)
		fault.Remedy = alterUser(e, "ACCOUNT UNLOCK")
	case errSecureTransport:
		fault.Found = "the database server requires TLS (3159)"
		fault.Remedy = "database: {mysql: {tls: {mode: verify-full, ca: {file: ca.pem}}}}"
	}
	return fault
}

// driverFault explains an error of the client's side.
func driverFault(e *check.Env, err error) *check.Fault {
	user := e.Answers.Database.MySQL.User
	fault := &check.Fault{Found: fmt.Sprintf("cannot log in: %s", check.Reason(err)), Cause: err}
	switch {
	case errors.Is(err, mysql.ErrUnknownPlugin),
		errors.Is(err, mysql.ErrOldPassword),
		errors.Is(err, mysql.ErrCleartextPassword):
		fault.Found = fmt.Sprintf("the authentication plugin of %s is not supported", user)
		fault.Remedy = alterUser(e, "IDENTIFIED WITH caching_sha2_password BY '...'")
	case check.IsTimeout(err):
		fault.Found = "the database server did not answer the login in time"
		fault.Remedy = "check its load: SHOW PROCESSLIST;"
	}
	return fault
}

// temporaryMySQL marks errors that can pass within seconds.
func temporaryMySQL(err error) error {
	var server *mysql.MySQLError
	if errors.As(err, &server) && (server.Number == errTooManyConnections || server.Number == errTooManyOfUser) {
		return check.Transient(err)
	}
	return err
}

// number returns the server's error number, 0 for any other error.
func number(err error) uint16 {
	var server *mysql.MySQLError
	if errors.As(err, &server) {
		return server.Number
	}
	return 0
}
