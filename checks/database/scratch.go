package database

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// cleanLimit is how long the removal of a scratch table may take after the
// check itself has ended.
const cleanLimit = 5 * time.Second

// scratchPrefix begins the name of every table that a check makes.
const scratchPrefix = "zenml_preflight_"

var scratchMemo = check.NewMemo[string]("scratch table")

// scratchTable names this run's scratch table.
func scratchTable(ctx context.Context, e *check.Env) (string, error) {
	return scratchMemo.Get(ctx, e, func(context.Context) (string, error) {
		return scratchPrefix + strings.ToLower(rand.Text()[:10]), nil
	})
}

// steps of a migration in small, on the scratch table %[1]s and one that
// references it.
var steps = []struct{ right, statement string }{
	{"CREATE", "CREATE TABLE `%[1]s` (id CHAR(32) NOT NULL PRIMARY KEY, note TEXT)"},
	{"REFERENCES", "CREATE TABLE `%[1]s_ref` (id CHAR(32) NOT NULL PRIMARY KEY, parent CHAR(32), CONSTRAINT `%[1]s_fk` FOREIGN KEY (parent) REFERENCES `%[1]s` (id) ON DELETE CASCADE)"},
	{"ALTER", "ALTER TABLE `%[1]s` ADD COLUMN extra VARCHAR(255)"},
	{"INDEX", "CREATE INDEX `%[1]s_ix` ON `%[1]s` (extra)"},
	{"INSERT", "INSERT INTO `%[1]s` (id, note) VALUES ('a', 'preflight')"},
	{"UPDATE", "UPDATE `%[1]s` SET extra = 'b' WHERE id = 'a'"},
	{"SELECT", "SELECT id FROM `%[1]s` WHERE extra = 'b'"},
	{"DELETE", "DELETE FROM `%[1]s` WHERE id = 'a'"},
}

// useScratch goes through the steps. The tables are removed whatever happens,
// even when ctx has ended; what cannot be removed is named.
func useScratch(ctx context.Context, e *check.Env, db *sql.DB, table string) error {
	defer dropScratch(ctx, e, db, table)
	for _, step := range steps {
		if _, err := db.ExecContext(ctx, fmt.Sprintf(step.statement, table)); err != nil {
			if number(err) == errCommandDenied {
				return lacking(ctx, e, []string{refused(err, step.right)})
			}
			return &check.Fault{
				Found:  fmt.Sprintf("%s fails on a scratch table: %s", step.right, serverMessage(err)),
				Remedy: "grant the right, or lift what the server's message names; then run preflight again", Cause: err,
			}
		}
	}
	return nil
}

// dropScratch has a time of its own, because that of the check may be up.
func dropScratch(ctx context.Context, e *check.Env, db *sql.DB, table string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanLimit)
	defer cancel()
	// The table that references goes first.
	for _, name := range []string{table + "_ref", table} {
		if _, err := db.ExecContext(ctx, "DROP TABLE IF EXISTS `"+name+"`"); err != nil {
			e.Leave(check.Leftover{
				What:   fmt.Sprintf("the scratch tables %s and %s of database %s, as far as they were made (%s)", table+"_ref", table, e.Answers.Database.MySQL.Name, serverMessage(err)),
				Remedy: fmt.Sprintf("DROP TABLE IF EXISTS `%[1]s`.`%[2]s_ref`, `%[1]s`.`%[2]s`;", e.Answers.Database.MySQL.Name, table),
			})
			return
		}
	}
}

// serverMessage is the database server's own text, without its number.
func serverMessage(err error) string {
	var server *mysql.MySQLError
	if errors.As(err, &server) {
		return server.Message
	}
	return err.Error()
}
