package database

import (
	"context"
	"database/sql/driver"
	"errors"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

func isBadConn(err error) bool { return errors.Is(err, driver.ErrBadConn) }

func checkLogin(ctx context.Context, e *check.Env) (string, error) {
	db, err := session(ctx, e)
	if err == nil {
		// An expired password lets in, and then refuses every statement.
		_, err = column(ctx, db, "SELECT 1")
	}
	if err == nil {
		return e.Answers.Database.MySQL.User + " is logged in", nil
	}
	return "", loginError(e, err)
}

// loginError turns what session or inDatabase return into the check's error.
func loginError(e *check.Env, err error) error {
	var own *check.Fault
	var skip *check.SkipError
	if errors.As(err, &own) || errors.As(err, &skip) {
		return err
	}
	fault := MySQLFault(e, err)
	t := e.Answers.Database.MySQL.TLS
	if number(err) == errAccessDenied && t.Cert.IsZero() {
		fault.Remedy += "\nan account that demands a client certificate answers the same: see SHOW CREATE USER for REQUIRE, and set database.mysql.tls.cert and .key"
	}
	if check.IsTransient(err) {
		return check.Transient(fault)
	}
	return fault
}
