package checks

import (
	"context"
	"fmt"
	"regexp"
	"strings"
)

var accountMemo = NewMemo[string]("database account")

// account is how a statement names the account that the login came to, whose
// host may be a pattern of its own: one for another account fails (1133).
func (e *Env) account(ctx context.Context) string {
	found, err := accountMemo.Get(ctx, e, func(ctx context.Context) (string, error) {
		db, err := e.session(ctx)
		if err != nil {
			return "", err
		}
		var current string
		err = db.QueryRowContext(ctx, "SELECT CURRENT_USER()").Scan(&current)
		return current, err
	})
	cut := strings.LastIndexByte(found, '@')
	if err != nil || cut < 0 {
		return e.anyHost()
	}
	return sqlText(found[:cut]) + "@" + sqlText(found[cut+1:])
}

// anyHost is the account that most people make for the user; before the login
// nothing better is known.
func (e *Env) anyHost() string { return sqlText(e.Answers.Database.MySQL.User) + "@'%'" }

// alterUser is a statement about the account that did not come to its login.
func (e *Env) alterUser(change string) string {
	return fmt.Sprintf("ALTER USER %s %s;\nwhere the account's host is not %%, put it there: SELECT host FROM mysql.user WHERE user = %s;",
		e.anyHost(), change, sqlText(e.Answers.Database.MySQL.User))
}

// deniedAccount finds the account in the refusal of a database (1044), which
// names it, unlike those of a login, which name where the client is.
var deniedAccount = regexp.MustCompile(`^Access denied for user ('(?:[^']|'')*'@'[^']*') to database`)

// refusedAccount is the account that a server's error is about.
func (e *Env) refusedAccount(ctx context.Context, message string) string {
	if m := deniedAccount.FindStringSubmatch(message); m != nil {
		return m[1]
	}
	return e.account(ctx)
}

// sqlText quotes a text for a statement.
func sqlText(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", "''").Replace(text) + "'"
}
