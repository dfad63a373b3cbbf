package database

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// anyText are the character sets that store every Unicode character.
var anyText = []string{"utf8mb4", "utf16", "utf16le", "utf32", "gb18030"}

func checkCharset(ctx context.Context, e *check.Env) (string, error) {
	charset, exists, err := databaseCharset(ctx, e)
	switch {
	case err != nil:
		return "", loginError(e, err)
	case charset == "":
		return "", check.Skip("the database server does not report the character set")
	case slices.Contains(anyText, strings.ToLower(charset)):
		return charset, nil
	}
	return "", charsetFault(ctx, e, charset, exists)
}

// databaseCharset returns the character set of the database, or that of new databases
// if it does not exist yet.
func databaseCharset(ctx context.Context, e *check.Env) (charset string, exists bool, err error) {
	db, err := openServer(ctx, e)
	if err != nil {
		return "", false, err
	}
	found, err := column(ctx, db, "SELECT DEFAULT_CHARACTER_SET_NAME FROM information_schema.SCHEMATA "+
		"WHERE SCHEMA_NAME = "+quoteSQL(e.Answers.Database.MySQL.Name))
	if err != nil {
		return "", false, err
	}
	if len(found) == 1 {
		return found[0], true, nil
	}
	variables, err := databaseVariables(ctx, e)
	return variables["character_set_server"], false, err
}

func charsetFault(ctx context.Context, e *check.Env, charset string, exists bool) *check.Fault {
	name := quoteName(e.Answers.Database.MySQL.Name)
	fault := &check.Fault{
		Warn:    true,
		Summary: fmt.Sprintf("the database %s has the character set %s", e.Answers.Database.MySQL.Name, charset),
		Reason: "the migration works, but the server cannot store names with other characters, such as emoji or " +
			"non-Latin letters (1366)",
		Remedy: "ALTER DATABASE " + name + " CHARACTER SET utf8mb4;",
	}
	if !exists {
		fault.Summary = fmt.Sprintf("the server will create the database %s with the character set %s",
			e.Answers.Database.MySQL.Name, charset)
		fault.Remedy = "CREATE DATABASE " + name + " CHARACTER SET utf8mb4;\n" + grantCommand(ctx, e, migrationRights)
		return fault
	}
	if tables, err := Tables(ctx, e); err == nil && slices.Contains(tables, AlembicTable) {
		fault.Remedy += "\nexisting tables keep their character set: back up the database, then run for each table: " +
			"ALTER TABLE … CONVERT TO CHARACTER SET utf8mb4;"
	}
	return fault
}
