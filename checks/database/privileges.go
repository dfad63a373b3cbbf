package database

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"

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
	missing, err := missingByUse(ctx, db, e.Answers.Database.MySQL.Name, table)
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
	missing, err := missingOn(ctx, e, e.Answers.Database.MySQL.Name, migrationRights)
	if err != nil {
		return "", loginError(e, err)
	}
	if len(missing) > 0 {
		return "", lacking(ctx, e, missing)
	}
	return "granted; not tested because the database does not exist yet", nil
}

// missingOn returns the wanted privileges that the user lacks on a database, which need
// not exist. SHOW GRANTS does not show everything behind some proxies, so a privilege
// that it does not show is tried.
func missingOn(ctx context.Context, e *check.Env, database string, wanted []string) ([]string, error) {
	grants, err := grants(ctx, e)
	if err != nil && number(err) == 0 {
		return nil, err
	}
	missing := missingRights(grants, database, wanted)
	if len(missing) == 0 {
		return nil, nil
	}
	db, err := openServer(ctx, e)
	if err != nil {
		return nil, err
	}
	table, err := scratchTable(ctx, e)
	if err != nil {
		return nil, err
	}
	denied, err := missingByUse(ctx, db, database, table)
	isShown := slices.ContainsFunc(grants, func(g grant) bool { return g.covers(database) && !g.grantsNothing() })
	return slices.DeleteFunc(missing, func(right string) bool {
		return !slices.Contains(denied, right) && (right != "REFERENCES" || !isShown) // no use tries REFERENCES
	}), err
}

// uses are statements that use each privilege and always fail because the table
// %[1]s does not exist. %[2]s is another name.
var uses = []use{
	{"CREATE", "CREATE TABLE %[2]s LIKE %[1]s"},
	{"ALTER", "ALTER TABLE %[1]s ADD COLUMN c INT"},
	{"DROP", "DROP TABLE %[1]s"},
	{"INDEX", "CREATE INDEX i ON %[1]s (id)"},
	{"SELECT", "SELECT id FROM %[1]s"},
	{"INSERT", "INSERT INTO %[1]s VALUES (1)"},
	{"UPDATE", "UPDATE %[1]s SET id = 1"},
	{"DELETE", "DELETE FROM %[1]s"},
}

// use is a statement that needs a privilege.
type use struct{ right, statement string }

// on returns the statement for a table.
func (u use) on(table, other string) string {
	return strings.NewReplacer("%[1]s", table, "%[2]s", other).Replace(u.statement)
}

var deniedRight = regexp.MustCompile(`^([A-Z]+)(?: VIEW)? command denied`)

// missingByUse returns the privileges that the server denies, in the order of
// migrationRights. It changes nothing.
func missingByUse(ctx context.Context, db *sql.DB, database, table string) ([]string, error) {
	denied := map[string]bool{}
	table = quoteName(database) + "." + quoteName(table)
	copied := strings.TrimSuffix(table, "`") + "_c`"
	for _, use := range uses {
		_, err := db.ExecContext(ctx, use.on(table, copied))
		switch number(err) {
		case 0:
			if err != nil {
				return nil, fmt.Errorf("testing %s: %w", use.right, err)
			}
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
