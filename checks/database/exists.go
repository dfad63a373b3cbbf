package database

import (
	"context"
	"fmt"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/mysqlerr"
	"github.com/zenml-installer/zenml-installer/internal/nearest"
)

// checkExists connects as the server does. The server creates a missing
// database only on error 1049; any other error is fatal.
func checkExists(ctx context.Context, e *check.Env) (string, error) {
	name := e.Answers.Database.MySQL.Name
	_, err := openDatabase(ctx, e)
	switch number(err) {
	case mysqlerr.UnknownDatabase:
		return creatable(ctx, e)
	case mysqlerr.DatabaseDenied:
		return "", &check.Fault{
			Summary: fmt.Sprintf("%s has no rights on the database %s, or the database does not exist (1044)",
				e.Answers.Database.MySQL.User, name),
			Remedy: "CREATE DATABASE IF NOT EXISTS `" + name + "`;\n" + grantCommand(ctx, e, migrationRights),
			Err:    err,
		}
	}
	if err != nil {
		return "", loginError(e, err)
	}
	return name + " exists", nil
}

func creatable(ctx context.Context, e *check.Env) (string, error) {
	name := e.Answers.Database.MySQL.Name
	missing, err := missingOn(ctx, e, name, []string{"CREATE"})
	if err != nil {
		return "", loginError(e, err)
	}
	if len(missing) > 0 {
		return "", &check.Fault{
			Summary: fmt.Sprintf("the database %s does not exist, and %s cannot create it (1049)", name,
				e.Answers.Database.MySQL.User),
			Remedy: "CREATE DATABASE `" + name + "`;\n" + grantCommand(ctx, e, migrationRights),
		}
	}
	text := name + " does not exist yet; the server will create it"
	if meant := nearest.Typo(name, listDatabases(ctx, e)); meant != "" {
		return "", &check.Fault{
			Warn:    true,
			Summary: text + ", beside the database " + meant,
			Reason:  "a misspelled name creates an empty database, and the server starts without your data",
			Remedy:  "to use " + meant + ", set database.mysql.name to " + meant,
			Fix:     check.Fix{Title: "Use database " + meant, Answers: map[string]string{"database.mysql.name": meant}},
		}
	}
	return text, nil
}
