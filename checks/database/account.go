package database

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

var accountMemo = check.NewMemo[string]("database account")

// account is how a statement names the account that the login came to, whose
// host may be a pattern of its own: one for another account fails (1133).
func account(ctx context.Context, e *check.Env) string {
	found, err := accountMemo.Get(ctx, e, func(ctx context.Context) (string, error) {
		db, err := session(ctx, e)
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
	return sqlText(found[:cut]) + "@" + sqlText(found[cut+1:])
}

// anyHost is the account that most people make for the user; before the login
// nothing better is known.
func anyHost(e *check.Env) string { return sqlText(e.Answers.Database.MySQL.User) + "@'%'" }

// alterUser is a statement about the account that did not come to its login.
func alterUser(e *check.Env, change string) string {
	return fmt.Sprintf("ALTER USER %s %s;\nwhere the account's host is not %%, put it there: SELECT host FROM mysql.user WHERE user = %s;",
		anyHost(e), change, sqlText(e.Answers.Database.MySQL.User))
}

// deniedAccount finds the account in the refusal of a database (1044), which
// names it, unlike those of a login, which name where the client is.
var deniedAccount = regexp.MustCompile(`^Access denied for user ('(?:[^']|'')*'@'[^']*') to database`)

// RefusedAccount is the account that a server's error is about.
func RefusedAccount(ctx context.Context, e *check.Env, message string) string {
	if m := deniedAccount.FindStringSubmatch(message); m != nil {
		return m[1]
	}
	return account(ctx, e)
}

// sqlText quotes a text for a statement.
func sqlText(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", "''").Replace(text) + "'"
}
