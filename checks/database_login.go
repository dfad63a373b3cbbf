package checks

import (
	"context"
	"database/sql/driver"
	"errors"
)

func isBadConn(err error) bool { return errors.Is(err, driver.ErrBadConn) }

func databaseLogin(ctx context.Context, e *Env) (string, error) {
	db, err := e.session(ctx)
	if err == nil {
		// An expired password lets in, and then refuses every statement.
		_, err = column(ctx, db, "SELECT 1")
	}
	if err == nil {
		return e.Answers.Database.MySQL.User + " is logged in", nil
	}
	return "", e.loginError(err)
}

// loginError turns what session or inDatabase return into the check's error.
func (e *Env) loginError(err error) error {
	var own *Fault
	var skip *skipped
	if errors.As(err, &own) || errors.As(err, &skip) {
		return err
	}
	fault := e.mysqlFault(err)
	t := e.Answers.Database.MySQL.TLS
	if number(err) == errAccessDenied && t.Cert.IsZero() {
		fault.Remedy += "\nan account that demands a client certificate answers the same: see SHOW CREATE USER for REQUIRE, and set database.mysql.tls.cert and .key"
	}
	if isTransient(err) {
		return transient(fault)
	}
	return fault
}
