package database

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// checkPrivileges asks in two ways. First every right is used on a table
// that does not exist: the server refuses a missing right before it notices
// that. Then a scratch table is really made, used and removed.
func checkPrivileges(ctx context.Context, e *check.Env) (string, error) {
	db, err := inDatabase(ctx, e)
	if number(err) == errUnknownDatabase {
		return granted(ctx, e)
	}
	if err != nil {
		return "", loginError(e, err)
	}
	table, err := scratchTable(ctx, e)
	if err != nil {
		return "", err
	}
	missing, err := missingByUse(ctx, db, table)
	if err != nil {
		return "", loginError(e, err)
	}
	if len(missing) > 0 {
		return "", lacking(ctx, e, missing)
	}
	if e.ReadOnly() {
		if _, err := granted(ctx, e); err != nil {
			return "", err
		}
		return "every right is there; no table was made, because of --read-only", nil
	}
	if err := useScratch(ctx, e, db, table); err != nil {
		return "", err
	}
	return "proved on a scratch table, which is gone again", nil
}

func lacking(ctx context.Context, e *check.Env, missing []string) *check.Fault {
	return &check.Fault{
		Found:  fmt.Sprintf("%s lacks %s on %s", e.Answers.Database.MySQL.User, check.JoinAnd(missing), e.Answers.Database.MySQL.Name),
		Remedy: grantCommand(ctx, e, missing),
	}
}

// granted looks at the grants alone: the database is made later, or nothing
// may be written.
func granted(ctx context.Context, e *check.Env) (string, error) {
	grants, err := grants(ctx, e)
	if err != nil {
		return "", loginError(e, err)
	}
	if missing := missingRights(grants, e.Answers.Database.MySQL.Name, migrationRights); len(missing) > 0 {
		return "", lacking(ctx, e, missing)
	}
	return "granted; not proved, because the database does not exist yet", nil
}

// uses of each right that fail on a missing table, whatever the rights. %s is
// the table.
var uses = []struct{ right, statement string }{
	{"CREATE", "CREATE TABLE %[1]s_c LIKE %[1]s"},
	{"ALTER", "ALTER TABLE %[1]s ADD COLUMN c INT"},
	{"DROP", "DROP TABLE %[1]s"},
	{"INDEX", "CREATE INDEX i ON %[1]s (id)"},
	{"SELECT", "SELECT id FROM %[1]s"},
	{"INSERT", "INSERT INTO %[1]s VALUES (1)"},
	{"UPDATE", "UPDATE %[1]s SET id = 1"},
	{"DELETE", "DELETE FROM %[1]s"},
}

var deniedRight = regexp.MustCompile(`^([A-Z]+)(?: VIEW)? command denied`)

// missingByUse returns the rights that the server refuses, in the order of
// migrationRights. Nothing is made or changed.
func missingByUse(ctx context.Context, db *sql.DB, table string) ([]string, error) {
	denied := map[string]bool{}
	for _, use := range uses {
		_, err := db.ExecContext(ctx, fmt.Sprintf(use.statement, "`"+table+"`"))
		switch number(err) {
		case 0:
			return nil, fmt.Errorf("asking for %s: %w", use.right, err)
		case errCommandDenied, errColumnDenied, errSpecificDenied, errDatabaseDenied:
			denied[refused(err, use.right)] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(migrationRights), func(r string) bool { return !denied[r] }), nil
}

// refused reads from the server's message which right it missed.
func refused(err error, asked string) string {
	if m := deniedRight.FindStringSubmatch(serverMessage(err)); m != nil && slices.Contains(migrationRights, m[1]) {
		return m[1]
	}
	return asked
}
