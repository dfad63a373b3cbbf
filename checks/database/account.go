package database

import (
	"context"
	"regexp"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

var accountMemo = check.NewMemo[string]("database account")

// account returns the account that the server matched to the login, quoted for
// SQL. Its host may be a pattern; a statement with another host fails (1133).
func account(ctx context.Context, e *check.Env) string {
	found, err := accountMemo.Get(ctx, e, func(ctx context.Context) (string, error) {
		db, err := openServer(ctx, e)
		if err != nil {
			return "", err
		}
		var current string
		err = db.QueryRowContext(ctx, "SELECT CURRENT_USER()").Scan(&current)
		return current, err
	})
	cut := strings.LastIndexByte(found, '@')
	if err != nil || cut < 0 {
		return anyHost(e)
	}
	return quoteSQL(found[:cut]) + "@" + quoteSQL(found[cut+1:])
}

// anyHost returns the account with the usual host pattern %. The real pattern
// is unknown before the login.
func anyHost(e *check.Env) string { return quoteSQL(e.Answers.Database.MySQL.User) + "@'%'" }

// deniedAccount matches the account in error 1044. Login errors name the client's
// address instead.
var deniedAccount = regexp.MustCompile(`^Access denied for user ('(?:[^']|'')*'@'[^']*') to database`)

// quoteSQL quotes a string for a statement.
func quoteSQL(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", "''").Replace(text) + "'"
}

// quoteName quotes the name of a database or table for a statement.
func quoteName(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }
