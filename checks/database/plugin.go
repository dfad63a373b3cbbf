package database

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// DialogPlugin is MariaDB's plugin for PAM. Go's driver does not support it. PyMySQL does,
// but not as MariaDB 10.11 starts it: without a prompt.
const DialogPlugin = "dialog"

// ed25519 finds MariaDB's plugin in the statement that creates the account.
var ed25519 = regexp.MustCompile(`(?i)\bVIA\s+ed25519\b`)

// pluginFault finds an authentication plugin that Go's driver supports and PyMySQL, the
// client of the ZenML server, does not. Accounts that cannot be read pass.
func pluginFault(ctx context.Context, e *check.Env, db *sql.DB) *check.Fault {
	var statement string
	err := db.QueryRowContext(ctx, "SHOW CREATE USER CURRENT_USER()").Scan(&statement)
	if err != nil || !ed25519.MatchString(statement) {
		return nil //nolint:nilerr // the account cannot be read
	}
	return Ed25519Fault(ctx, e)
}

// Ed25519Fault is the fault of an account with MariaDB's plugin ed25519.
func Ed25519Fault(ctx context.Context, e *check.Env) *check.Fault {
	return &check.Fault{
		Summary: fmt.Sprintf("%s uses the authentication plugin ed25519, which the ZenML server's database client "+
			"does not support", e.Answers.Database.MySQL.User),
		Reason: "PyMySQL supports ed25519 only with the package PyNaCl, which the server's image does not have",
		Remedy: "ALTER USER " + account(ctx, e) + " IDENTIFIED VIA mysql_native_password USING PASSWORD('...');\n" +
			"then set database.mysql.password to the new password",
	}
}

// DialogFault is the fault of an account with MariaDB's plugin dialog, at which PyMySQL
// broke with an error.
func DialogFault(e *check.Env, broke string) *check.Fault {
	return &check.Fault{
		Summary: fmt.Sprintf("%s uses the authentication plugin %s (PAM), at which the ZenML server's database "+
			"client stops with an error (%s)", e.Answers.Database.MySQL.User, DialogPlugin, broke),
		Reason: "PyMySQL expects a prompt in the database server's request for the plugin, which MariaDB leaves out",
		Remedy: "set pam_use_cleartext_plugin = ON in the configuration of MariaDB and restart it;\n" +
			"the password is then sent in plain text, so set database.mysql.tls.mode to verify-full",
	}
}

// cleartextFault warns about an account that sends its password in plain text
// (PAM, LDAP, Microsoft Entra, Cloud SQL IAM) over an unencrypted connection.
func cleartextFault(e *check.Env, err error) *check.Fault {
	return &check.Fault{
		Warn: true, Blocks: true, Err: err,
		Summary: fmt.Sprintf("%s sends the password in plain text (mysql_clear_password), but "+
			"database.mysql.tls.mode is off; the login was not tested", e.Answers.Database.MySQL.User),
		Reason: "anyone on the network between the server's pods and the database can read the password",
		Remedy: "database: {mysql: {tls: {mode: verify-full, ca: {file: ca.pem}}}}",
	}
}
