package standin

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
)

const alembicTable = "alembic_version"

// Migrate does what `zenml migrate-database` does: opens the store that env names, making the
// database if it is missing, and brings its schema to the server's version. A failure is written to
// out the way a Python server leaves it in its log, and returned; the password is in neither.
func Migrate(ctx context.Context, env Env, out io.Writer) error {
	if err := migrateAll(ctx, env, out); err != nil {
		printTraceback(out, "migrate_database", err)
		return fmt.Errorf("database migration failed: %w", err)
	}
	return nil
}

func migrateAll(ctx context.Context, env Env, out io.Writer) error {
	s, err := openStore(ctx, env)
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	return s.migrate(ctx, env, out)
}

// migrate brings the schema to env's version: an empty one is made whole, a known older one is
// backed up and upgraded, anything else is refused.
func (s *store) migrate(ctx context.Context, env Env, out io.Writer) error {
	version := env.Version()
	at, err := s.revision(ctx)
	if err != nil {
		return err
	}
	if at == version {
		_, _ = fmt.Fprintf(out, "The database schema is at revision %s already.\n", at)
		return nil
	}
	if at != "" {
		if !known(at, version) {
			return &pyError{class: "alembic.util.exc.CommandError", text: "Can't locate revision identified by " + pyRepr(at)}
		}
		if err := s.backUp(ctx, env, out); err != nil {
			return err
		}
	}
	_, _ = fmt.Fprintf(out, "Migrating the database schema from revision %s to %s.\n", orNone(at), version)
	for _, step := range pending(at, version) {
		if err := s.exec(ctx, step.statements...); err != nil {
			return err
		}
	}
	if err := s.stamp(ctx, version); err != nil {
		return err
	}
	_, _ = fmt.Fprintln(out, "Database migration complete.")
	return nil
}

// revision reads the revision that the schema is at; empty for an empty schema. A schema with
// tables but without a revision belongs to something else and is refused.
func (s *store) revision(ctx context.Context) (string, error) {
	tables, err := s.tables(ctx)
	if err != nil {
		return "", err
	}
	if !slices.Contains(tables, alembicTable) {
		if len(tables) == 0 {
			return "", nil
		}
		return "", neverMigrated()
	}
	var at string
	err = s.db.QueryRowContext(ctx, "SELECT version_num FROM alembic_version").Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return "", neverMigrated()
	}
	return at, s.explain(err)
}

func neverMigrated() error {
	return &pyError{class: "RuntimeError", text: "The database is not empty, but has never been migrated with alembic: it cannot be migrated. Use an empty database."}
}

// stamp records the revision that the schema is at now.
func (s *store) stamp(ctx context.Context, version string) error {
	if err := s.exec(ctx, "DELETE FROM alembic_version"); err != nil {
		return err
	}
	_, err := s.db.ExecContext(ctx, "INSERT INTO alembic_version (version_num) VALUES (?)", version)
	return s.explain(err)
}

// requireSchema is the start of a server that may not migrate: the schema must be there and hold
// what this version uses. A newer one is left alone, since only a migration looks up revisions.
func (s *store) requireSchema(ctx context.Context, version string) error {
	at, err := s.revision(ctx)
	if err != nil {
		return err
	}
	if at == "" {
		return s.missing(1146, fmt.Sprintf("Table '%s.server_settings' doesn't exist", s.name), "no such table: server_settings")
	}
	if len(pending(at, version)) > 0 {
		return s.missing(1054, "Unknown column 'server_settings.display_announcements' in 'field list'", "no such column: server_settings.display_announcements")
	}
	return nil
}

func (s *store) missing(code uint16, mysqlText, sqliteText string) error {
	if s.kind == kindMySQL {
		return databaseError("pymysql.err", mysqlClass(code), int(code), mysqlText, nil)
	}
	return databaseError("sqlite3", "OperationalError", 0, sqliteText, nil)
}

func orNone(revision string) string {
	if revision == "" {
		return "none"
	}
	return revision
}
