package database

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-sql-driver/mysql"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/mysqlerr"
)

// MySQLFault explains an error of the database server or its driver.
func MySQLFault(e *check.Env, err error) *check.Fault {
	var server *mysql.MySQLError
	if !errors.As(err, &server) {
		return driverFault(e, err)
	}
	known, ok := mysqlerr.Lookup(int(server.Number))
	if !ok {
		return &check.Fault{
			Summary: fmt.Sprintf("the database server reports an error: %s (%d)", server.Message, server.Number),
			Remedy:  fmt.Sprintf("look up the error: perror %d", server.Number),
			Err:     err,
		}
	}
	return &check.Fault{
		Summary: fmt.Sprintf("%s: %s (%d)", known.Summary, server.Message, server.Number),
		Remedy: withHostNote(
			e,
			known.RemedyFor(accountIn(e, server.Message), quoteName(e.Answers.Database.MySQL.Name)),
		),
		Err: err,
	}
}

// accountIn returns the account in the server's message, otherwise the usual
// one.
func accountIn(e *check.Env, message string) string {
	if m := deniedAccount.FindStringSubmatch(message); m != nil {
		return m[1]
	}
	return anyHost(e)
}

// withHostNote explains the host of the account in a statement that names one.
func withHostNote(e *check.Env, remedy string) string {
	if !strings.Contains(remedy, "ALTER USER") {
		return remedy
	}
	return remedy + "\nif the account's host is not %, use its own: SELECT host FROM mysql.user WHERE user = " +
		quoteSQL(e.Answers.Database.MySQL.User) + ";"
}

// driverFault explains a client-side error.
func driverFault(e *check.Env, err error) *check.Fault {
	switch {
	case errors.Is(err, mysql.ErrCleartextPassword):
		return cleartextFault(e, err)
	case errors.Is(err, mysql.ErrUnknownPlugin), errors.Is(err, mysql.ErrOldPassword):
		known, _ := mysqlerr.Lookup(mysqlerr.UnsupportedPlugin)
		return &check.Fault{
			Summary: fmt.Sprintf("the authentication plugin of %s is not supported", e.Answers.Database.MySQL.User),
			Remedy:  withHostNote(e, known.RemedyFor(anyHost(e), "")),
			Err:     err,
		}
	case check.IsTimeout(err):
		return &check.Fault{
			Summary: fmt.Sprintf("the database server did not answer within %s", answerLimit),
			Remedy:  "check its load: SHOW PROCESSLIST;",
			Err:     err,
		}
	case check.Reason(err) == mysql.ErrInvalidConn.Error(): // the driver only logs the cause
		return &check.Fault{
			Summary: fmt.Sprintf("the database server did not answer within %s, or closed the connection", answerLimit),
			Remedy: "check its load (SHOW PROCESSLIST;) and its log, and proxies between it and this machine that close " +
				"connections",
			Err: err,
		}
	}
	return &check.Fault{
		Summary: "cannot log in: " + check.Reason(err),
		Remedy:  "check the log of the database server, and proxies between it and this machine",
		Err:     err,
	}
}

// temporaryMySQL marks errors that may resolve within seconds.
func temporaryMySQL(err error) error {
	if n := number(err); n == mysqlerr.TooManyConnections || n == mysqlerr.TooManyUserConnections {
		return check.Transient(err)
	}
	return err
}

// number returns the server's error number, 0 for any other error.
func number(err error) int {
	var server *mysql.MySQLError
	if errors.As(err, &server) {
		return int(server.Number)
	}
	return 0
}
