package database

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/display"
	"github.com/zenml-installer/zenml-installer/internal/mysqlerr"
)

// Missing begins the state of a database that does not exist.
const Missing = "missing"

// State describes the database in a few words: whether it exists, its tables, the revision
// of its schema, and the version of its server. An install compares it with the one of the
// review.
func State(ctx context.Context, e *check.Env) (string, error) {
	e = e.Begin(ctx, check.Options{})
	defer e.End()
	variables, err := databaseVariables(ctx, e)
	if err != nil {
		return "", err
	}
	content, err := describeContent(ctx, e)
	if err != nil {
		return "", err
	}
	return content + ", on server version " + variables["version"], nil
}

func describeContent(ctx context.Context, e *check.Env) (string, error) {
	db, err := openDatabase(ctx, e)
	if number(err) == mysqlerr.UnknownDatabase {
		return Missing, nil
	}
	if err != nil {
		return "", err
	}
	tables, err := Tables(ctx, e)
	if err != nil {
		return "", err
	}
	tables = slices.DeleteFunc(slices.Clone(tables), func(t string) bool { return strings.HasPrefix(t, scratchPrefix) })
	switch {
	case len(tables) == 0:
		return "empty", nil
	case !slices.Contains(tables, AlembicTable):
		return display.Count(len(tables), "table") + " of another application", nil
	}
	revisions, err := column(ctx, db, "SELECT version_num FROM "+AlembicTable)
	return fmt.Sprintf("ZenML's schema at revision %s, %s", cmp.Or(strings.Join(revisions, ", "), "none"),
		display.Count(len(tables), "table")), err
}
