package database

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/mysqlerr"
)

// checkPrivileges first uses every privilege on a table that does not exist:
// the server reports a missing privilege before a missing table. Then it
// creates, uses and removes a scratch table.
func checkPrivileges(ctx context.Context, e *check.Env) (string, error) {
	db, err := openDatabase(ctx, e)
	if number(err) == mysqlerr.UnknownDatabase {
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
	if reason := noScratch(ctx, e); reason != "" {
		if _, err := granted(ctx, e); err != nil {
			return "", err
		}
		return "all rights are granted; no table was created because of " + reason, nil
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return "", loginError(e, err)
	}
	defer func() { _ = conn.Close() }()
	lockScratch(ctx, conn, table)
	removeStaleTables(ctx, e, db, table)
	if err := useScratch(ctx, e, db, conn, table); err != nil {
		return "", err
	}
	return "tested with a scratch table that was removed", nil
}

// noScratch returns why no scratch table is created, or "" if it is.
func noScratch(ctx context.Context, e *check.Env) string {
	if e.ReadOnly() {
		return "--read-only"
	}
	if variables, err := databaseVariables(ctx, e); err == nil && engineFault(variables) != nil {
		return "the storage engine (database.engine)"
	}
	return ""
}

func lacking(ctx context.Context, e *check.Env, missing []string) *check.Fault {
	return &check.Fault{
		Summary: fmt.Sprintf("%s lacks %s on %s", e.Answers.Database.MySQL.User, check.JoinAnd(missing),
			e.Answers.Database.MySQL.Name),
		Remedy: grantCommand(ctx, e, missing),
	}
}

// granted only checks the grants, because the database does not exist yet or
// the run is read-only.
func granted(ctx context.Context, e *check.Env) (string, error) {
	grants, err := grants(ctx, e)
	if err != nil {
		return "", loginError(e, err)
	}
	if missing := missingRights(grants, e.Answers.Database.MySQL.Name, migrationRights); len(missing) > 0 {
		return "", lacking(ctx, e, missing)
	}
	return "granted; not tested because the database does not exist yet", nil
}

// uses are statements that use each privilege and always fail because the table
// %[1]s does not exist.
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

// missingByUse returns the privileges that the server denies, in the order of
// migrationRights. It changes nothing.
func missingByUse(ctx context.Context, db *sql.DB, table string) ([]string, error) {
	denied := map[string]bool{}
	for _, use := range uses {
		_, err := db.ExecContext(ctx, fmt.Sprintf(use.statement, "`"+table+"`"))
		switch number(err) {
		case 0:
			return nil, fmt.Errorf("testing %s: %w", use.right, err)
		case mysqlerr.TableDenied, mysqlerr.ColumnDenied, mysqlerr.GlobalDenied, mysqlerr.DatabaseDenied:
			denied[deniedName(err, use.right)] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(migrationRights), func(r string) bool { return !denied[r] }), nil
}

// deniedName returns the privilege in the server's message.
func deniedName(err error, asked string) string {
	if m := deniedRight.FindStringSubmatch(serverMessage(err)); m != nil && slices.Contains(migrationRights, m[1]) {
		return m[1]
	}
	return asked
}
