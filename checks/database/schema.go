package database

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/mysqlerr"
)

var tablesMemo = check.NewMemo[[]string]("database tables")

// Tables returns the tables of the database, none if it does not exist yet. It
// queries them once per run.
func Tables(ctx context.Context, e *check.Env) ([]string, error) {
	return tablesMemo.Get(ctx, e, func(ctx context.Context) ([]string, error) {
		db, err := openDatabase(ctx, e)
		if number(err) == mysqlerr.UnknownDatabase {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return column(ctx, db,
			"SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME")
	})
}

// column returns the only column of a query's rows.
func column(ctx context.Context, db *sql.DB, query string) ([]string, error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var all []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		all = append(all, text)
	}
	return all, rows.Err()
}

// AlembicTable is the table in which the migrations store the schema's revision.
const AlembicTable = "alembic_version"

// stackTable exists in every database of a ZenML server, which considers a
// database without it empty.
const stackTable = "stack"

func checkSchema(ctx context.Context, e *check.Env) (string, error) {
	all, err := Tables(ctx, e)
	if err != nil {
		return "", loginError(e, err)
	}
	isScratch := func(t string) bool { return strings.HasPrefix(t, scratchPrefix) }
	tables := slices.DeleteFunc(slices.Clone(all), isScratch)
	switch {
	case len(all) > len(tables) && e.ReadOnly():
		return "", leftTables(slices.DeleteFunc(slices.Clone(all), func(t string) bool { return !isScratch(t) }))
	case len(tables) == 0:
		return "empty", nil
	case slices.Contains(tables, AlembicTable):
		return revision(ctx, e)
	case slices.Contains(tables, stackTable):
		return "", unmigrated(e)
	}
	return "", foreignTables(e, tables)
}

// leftTables warns about scratch tables that a read-only run must not remove.
func leftTables(left []string) *check.Fault {
	return &check.Fault{
		Warn:    true,
		Summary: "scratch tables of a killed preflight exist: " + check.JoinAnd(left),
		Reason:  "the next run without --read-only removes them",
		Remedy:  "DROP TABLE `" + strings.Join(reversed(left), "`, `") + "`;",
	}
}

func unmigrated(e *check.Env) *check.Fault {
	return &check.Fault{
		Summary: fmt.Sprintf("the database %s has a table %s but no table %s", e.Answers.Database.MySQL.Name,
			stackTable,
			AlembicTable),
		Reason: "the server does not start on it: the database \"has never been migrated with alembic\"",
		Remedy: "restore the database from a complete backup, or set database.mysql.name to an empty database",
	}
}

// reversed puts the tables that reference others, which sort after them, first.
func reversed(tables []string) []string {
	tables = slices.Clone(tables)
	slices.Reverse(tables)
	return tables
}

func foreignTables(e *check.Env, tables []string) *check.Fault {
	const most = 5
	shown := strings.Join(tables[:min(most, len(tables))], ", ")
	if len(tables) > most {
		shown += " and more"
	}
	return &check.Fault{
		Warn: true,
		Summary: fmt.Sprintf(
			"the database %s has tables of another application: %s",
			e.Answers.Database.MySQL.Name,
			shown,
		),
		Reason: "the server creates its tables next to them, and restoring a backup after a failed migration drops " +
			"the " +
			"whole database, these tables included",
		Remedy: "set database.mysql.name to a separate database",
	}
}

// revision compares the schema's revision with the chart. Released revisions
// are named after the version; revisions in between cannot be compared.
func revision(ctx context.Context, e *check.Env) (string, error) {
	db, err := openDatabase(ctx, e)
	if err != nil {
		return "", loginError(e, err)
	}
	found, err := column(ctx, db, "SELECT version_num FROM "+AlembicTable)
	if err != nil {
		return "", loginError(e, err)
	}
	if len(found) != 1 {
		return "", &check.Fault{
			Summary: fmt.Sprintf("the table %s has %d rows instead of one: a migration was interrupted", AlembicTable,
				len(found)),
			Remedy: "restore the database from a backup, or give the server a new one: database.mysql.name",
		}
	}
	if fault := workspacesFault(ctx, e, db); fault != nil {
		return "", fault
	}
	schema, err := semver.NewVersion(found[0])
	if err != nil || e.Chart == nil {
		return "ZenML's, at revision " + found[0], nil //nolint:nilerr // a revision between releases is no version
	}
	info, err := e.PullChart(ctx)
	if err != nil {
		return "ZenML's, at revision " + found[0], nil //nolint:nilerr // supply.chart reports it
	}
	if server, err := semver.NewVersion(info.AppVersion); err == nil && server.LessThan(schema) {
		return "", &check.Fault{
			Summary: fmt.Sprintf("the database has the schema of ZenML %s, which is newer than the chart's %s",
				found[0],
				info.AppVersion),
			Reason: "the older server does not know the newer schema, and does not start",
			Remedy: "--chart-version " + found[0] + " or newer",
		}
	}
	return "ZenML's, of version " + found[0], nil
}
