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

// Tables lists the tables of the database once per run; none if it does not exist
// yet.
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

func checkSchema(ctx context.Context, e *check.Env) (string, error) {
	tables, err := Tables(ctx, e)
	if err != nil {
		return "", loginError(e, err)
	}
	own, err := scratchTable(ctx, e)
	if err != nil {
		return "", err
	}
	var left []string
	tables = slices.DeleteFunc(slices.Clone(tables), func(t string) bool {
		if !strings.HasPrefix(t, scratchPrefix) {
			return false
		}
		if !strings.HasPrefix(t, own) { // this run's own is removed by its check
			left = append(left, t)
		}
		return true
	})
	migrated := slices.Contains(tables, AlembicTable)
	switch {
	case len(tables) == 0 && len(left) > 0:
		return "", leftTables(left)
	case len(tables) == 0:
		return "empty", nil
	case !migrated:
		return "", foreignTables(e, tables)
	}
	return revision(ctx, e)
}

func leftTables(left []string) *check.Fault {
	return &check.Fault{
		Found:  "scratch tables of an interrupted preflight are left: " + check.JoinAnd(left),
		Why:    "the server refuses a database that has tables and no alembic_version",
		Remedy: "DROP TABLE `" + strings.Join(reversed(left), "`, `") + "`;",
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
	shown := tables[:min(most, len(tables))]
	return &check.Fault{
		Found: fmt.Sprintf("the database %s has %d tables that are not ZenML's: %s", e.Answers.Database.MySQL.Name,
			len(tables), strings.Join(shown, ", ")),
		Remedy: "give the server a database of its own: database.mysql.name",
	}
}

// revision compares the schema's revision with the chart. Revisions that are
// released are named by the version; those between are not, and cannot be
// compared.
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
			Found: fmt.Sprintf("the table %s has %d rows instead of one: a migration was interrupted", AlembicTable,
				len(found)),
			Remedy: "restore the database from a backup, or give the server a new one: database.mysql.name",
		}
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
			Found: fmt.Sprintf("the database has the schema of ZenML %s, which is newer than the chart's %s", found[0],
				info.AppVersion),
			Why:    "the older server does not know the newer schema, and does not start",
			Remedy: "--chart-version " + found[0] + " or newer",
		}
	}
	return "ZenML's, of version " + found[0], nil
}
