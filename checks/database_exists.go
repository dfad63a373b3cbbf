package checks

import (
	"context"
	"fmt"
)

// databaseExists connects as the server does. The server creates a missing
// database on error 1049 alone; any other error is final for it.
func databaseExists(ctx context.Context, e *Env) (string, error) {
	name := e.Answers.Database.MySQL.Name
	_, err := e.inDatabase(ctx)
	switch number(err) {
	case errUnknownDatabase:
		return e.creatable(ctx)
	case errDatabaseDenied:
		return "", &Fault{
			Found:  fmt.Sprintf("%s has no right on the database %s at all, or there is none of that name (1044)", e.Answers.Database.MySQL.User, name),
			Remedy: "CREATE DATABASE IF NOT EXISTS `" + name + "`;\n" + e.grantCommand(ctx, migrationRights), Cause: err,
		}
	}
	if err != nil {
		return "", e.loginError(err)
	}
	return name + " exists", nil
}

func (e *Env) creatable(ctx context.Context) (string, error) {
	name := e.Answers.Database.MySQL.Name
	grants, err := e.grants(ctx)
	if err != nil {
		return "", e.loginError(err)
	}
	if len(missingRights(grants, name, []string{"CREATE"})) > 0 {
		return "", &Fault{
			Found:  fmt.Sprintf("there is no database %s, and %s may not create it (1049)", name, e.Answers.Database.MySQL.User),
			Remedy: "CREATE DATABASE `" + name + "`;\n" + e.grantCommand(ctx, migrationRights),
		}
	}
	return name + " does not exist yet; the server will create it", nil
}
