package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/mysqlerr"
)

func isBadConn(err error) bool { return errors.Is(err, driver.ErrBadConn) }

func checkLogin(ctx context.Context, e *check.Env) (string, error) {
	db, err := openServer(ctx, e)
	if err == nil {
		// With an expired password the login can succeed and every statement fails.
		_, err = column(ctx, db, "SELECT 1")
	}
	if err != nil {
		return "", loginError(e, err)
	}
	if fault := pluginFault(ctx, e, db); fault != nil {
		return "", fault
	}
	return e.Answers.Database.MySQL.User + " can log in", nil
}

// LogsInHere reports whether the login works from this machine.
func LogsInHere(ctx context.Context, e *check.Env) bool {
	_, err := openServer(ctx, e)
	return err == nil
}

// LimitedAccountFault is the fault of an account that may log in from this machine and
// not from the cluster. message is the database server's.
func LimitedAccountFault(ctx context.Context, e *check.Env, message string) *check.Fault {
	return &check.Fault{
		Summary: fmt.Sprintf("the database server accepts the login from this machine, but not from the cluster: %s (%d)",
			message, mysqlerr.AccessDenied),
		Reason: "an account of MySQL is limited to the addresses that match its host",
		Remedy: "RENAME USER " + account(ctx, e) + " TO " + anyHost(e) + ";\n" +
			"or create an account with the same password for the address in the message",
	}
}

// loginError returns the check's error for one of openServer or openDatabase.
func loginError(e *check.Env, err error) error {
	var own *check.Fault
	var skip *check.SkipError
	if errors.As(err, &own) || errors.As(err, &skip) {
		return err
	}
	var unknown *pluginError
	if errors.As(err, &unknown) && unknown.plugin == DialogPlugin {
		return check.Skip("the account uses the authentication plugin %s (PAM), which this program does not support; "+
			"database.in-cluster tests the login", DialogPlugin)
	}
	fault := MySQLFault(e, err)
	t := e.Answers.Database.MySQL.TLS
	if number(err) == mysqlerr.AccessDenied && t.Cert.IsZero() {
		fault.Remedy += "\nif the account requires a client certificate (SHOW CREATE USER shows REQUIRE), set " +
			"database.mysql.tls.cert and database.mysql.tls.key"
	}
	if check.IsTransient(err) {
		return check.Transient(fault)
	}
	return fault
}
