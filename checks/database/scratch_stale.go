package database

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// staleTables is the age from which another run's scratch tables are leftovers
// in any case.
const staleTables = 10 * time.Minute

// lockScratch acquires the named lock of a scratch table, which the server
// releases when the connection ends. It shows other runs that this one is
// alive. It ignores servers without named locks.
func lockScratch(ctx context.Context, conn *sql.Conn, table string) {
	_, _ = conn.ExecContext(ctx, "SELECT GET_LOCK(?, 0)", table) // without the lock, the age of the tables decides
}

// removeStaleTables drops the scratch tables of killed runs: those whose lock
// is free, or that are old. It needs the lock of this run's table.
func removeStaleTables(ctx context.Context, e *check.Env, db *sql.DB, own string) {
	old, fresh, err := otherScratchTables(ctx, db, own)
	if err != nil {
		return // database.schema reports what cannot be read
	}
	stale := slices.Concat(old, unlocked(ctx, e, fresh, own))
	slices.Sort(stale)
	for _, table := range reversed(stale) {
		if _, err := db.ExecContext(ctx, "DROP TABLE IF EXISTS "+quoteName(table)); err != nil && ctx.Err() == nil {
			e.Leave(check.Leftover{
				What:   fmt.Sprintf("the scratch table %s of a killed run (%s)", table, serverMessage(err)),
				Remedy: "DROP TABLE " + quoteName(e.Answers.Database.MySQL.Name) + "." + quoteName(table) + ";",
			})
		}
	}
}

// otherScratchTables returns the scratch tables of other runs by age.
func otherScratchTables(ctx context.Context, db *sql.DB, own string) (old, fresh []string, err error) {
	rows, err := db.QueryContext(ctx, "SELECT TABLE_NAME, COALESCE(TIMESTAMPDIFF(SECOND, CREATE_TIME, NOW()), 0) "+
		"FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'zenml\\_preflight\\_%'")
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name string
		var seconds int64
		if err := rows.Scan(&name, &seconds); err != nil {
			return nil, nil, err
		}
		switch {
		case strings.HasPrefix(name, own):
		case time.Duration(seconds)*time.Second > staleTables:
			old = append(old, name)
		default:
			fresh = append(fresh, name)
		}
	}
	return old, fresh, rows.Err()
}

// unlocked returns the tables whose run has ended. It queries on another
// connection, and only if that connection sees the lock of this run's table:
// proxies may hide it.
func unlocked(ctx context.Context, e *check.Env, tables []string, own string) []string {
	server, err := openServer(ctx, e)
	if err != nil || len(tables) == 0 || isFree(ctx, server, own) {
		return nil
	}
	return slices.DeleteFunc(tables, func(t string) bool { return !isFree(ctx, server, strings.TrimSuffix(t, "_ref")) })
}

// isFree reports whether nobody holds the named lock of a scratch table.
func isFree(ctx context.Context, db *sql.DB, table string) bool {
	free, err := column(ctx, db, "SELECT COALESCE(IS_FREE_LOCK("+quoteSQL(table)+"), 0)")
	return err == nil && len(free) == 1 && free[0] == "1"
}
