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
	"github.com/zenml-installer/zenml-installer/internal/mysqlerr"
)

// cleanLimit is the time limit for removing a scratch table after the check.
const cleanLimit = 20 * time.Second

// scratchPrefix is the prefix of every table that a check creates.
const scratchPrefix = "zenml_preflight_"

var scratchMemo = check.NewMemo[string]("scratch table")

// scratchTable returns the name of this run's scratch table.
func scratchTable(ctx context.Context, e *check.Env) (string, error) {
	return scratchMemo.Get(ctx, e, func(context.Context) (string, error) {
		return scratchPrefix + strings.ToLower(rand.Text()[:10]), nil
	})
}

// steps are those of a small migration of the scratch table %[1]s and a table
// that references it.
var steps = []struct{ right, statement string }{
	{"CREATE", "CREATE TABLE `%[1]s` (id CHAR(32) NOT NULL PRIMARY KEY, note TEXT)"},
	{"REFERENCES", "CREATE TABLE `%[1]s_ref` (id CHAR(32) NOT NULL PRIMARY KEY, parent CHAR(32), " +
		"CONSTRAINT `%[1]s_fk` FOREIGN KEY (parent) REFERENCES `%[1]s` (id) ON DELETE CASCADE)"},
	{"ALTER", "ALTER TABLE `%[1]s` ADD COLUMN extra VARCHAR(255) CHARACTER SET utf8mb4"},
	{"INDEX", "CREATE INDEX `%[1]s_ix` ON `%[1]s` (extra)"},
	{"INSERT", "INSERT INTO `%[1]s` (id, note) VALUES ('a', 'preflight')"},
	{"UPDATE", "UPDATE `%[1]s` SET extra = 'b' WHERE id = 'a'"},
	{"SELECT", "SELECT id FROM `%[1]s` WHERE extra = 'b'"},
	{"DELETE", "DELETE FROM `%[1]s` WHERE id = 'a'"},
}

// useScratch runs the steps on a connection. It removes the tables even if ctx has ended,
// and reports what it cannot remove.
func useScratch(ctx context.Context, e *check.Env, db *sql.DB, conn *sql.Conn, table string) error {
	defer dropScratch(ctx, e, db, table)
	for _, step := range steps {
		if _, err := conn.ExecContext(ctx, fmt.Sprintf(step.statement, table)); err != nil {
			return stepFault(ctx, e, step.right, err)
		}
	}
	return nil
}

// stepFault explains a step that failed.
func stepFault(ctx context.Context, e *check.Env, right string, err error) *check.Fault {
	if number(err) == mysqlerr.TableDenied {
		return lacking(ctx, e, []string{deniedName(err, right)})
	}
	fault := MySQLFault(e, err)
	fault.Summary = fmt.Sprintf("%s failed on a scratch table: %s", right, fault.Summary)
	if right == "REFERENCES" && strings.Contains(strings.ToLower(serverMessage(err)), "foreign key") {
		fault.Reason = "the server's tables reference each other with foreign keys"
		fault.Remedy = "allow foreign key constraints in the settings of the database (PlanetScale, Vitess), or use MySQL 8"
	}
	return fault
}

// dropScratch has its own time limit because that of the check may have
// expired.
func dropScratch(ctx context.Context, e *check.Env, db *sql.DB, table string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanLimit)
	defer cancel()
	// Drop the referencing table first.
	for _, name := range []string{table + "_ref", table} {
		if _, err := db.ExecContext(ctx, "DROP TABLE IF EXISTS `"+name+"`"); err != nil {
			e.Leave(check.Leftover{
				What: fmt.Sprintf("the scratch tables %s and %s of database %s (%s)", table+"_ref", table,
					e.Answers.Database.MySQL.Name, serverMessage(err)),
				Remedy: fmt.Sprintf("DROP TABLE IF EXISTS `%[1]s`.`%[2]s_ref`, `%[1]s`.`%[2]s`;",
					e.Answers.Database.MySQL.Name, table),
			})
			return
		}
	}
}

// serverMessage returns the database server's message without the error number.
func serverMessage(err error) string {
	var server *mysql.MySQLError
	if errors.As(err, &server) {
		return server.Message
	}
	if check.IsTimeout(err) {
		return "the database does not answer in time"
	}
	return check.Reason(err)
}
