package standin

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Tables by which the server recognizes its schema.
const (
	alembicTable = "alembic_version"
	ownTable     = "stack"
)

const migrating = "standin.store:migrate:1" // source of the log's lines

// Migrate implements `zenml migrate-database`: it opens the store in env,
// creates the database if it is missing, and migrates its schema to the
// server's version. It logs a failure to out as a Python traceback and returns
// it; neither contains the password.
func Migrate(ctx context.Context, env Env, out io.Writer) error {
	if err := migrateAll(ctx, env, out); err != nil {
		NewLog(env, out).traceback("migrate_database", err)
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
	log := NewLog(env, out)
	if err := s.migrate(ctx, env, log); err != nil {
		return err
	}
	log.Print("Database migration finished.")
	return nil
}

// migrate migrates the schema to env's version: it creates an empty one, backs
// up and upgrades a known older one, and rejects any other.
func (s *store) migrate(ctx context.Context, env Env, log Log) error {
	version := env.Version()
	at, err := s.revision(ctx)
	if err != nil {
		return err
	}
	if at == version {
		log.Info(migrating, "The database schema is at revision %s already.", at)
		return nil
	}
	if at != "" {
		if !known(at, version) {
			return &pyError{
				class: "alembic.util.exc.CommandError",
				text:  "Can't locate revision identified by " + pyRepr(at),
			}
		}
		if err := s.backUp(ctx, env, log); err != nil {
			return err
		}
	}
	log.Info(migrating, "Migrating the database schema from revision %s to %s.", orNone(at), version)
	for _, step := range pending(at, version) {
		if err := s.exec(ctx, step.statements...); err != nil {
			return err
		}
	}
	if err := s.stamp(ctx, version); err != nil {
		return err
	}
	return nil
}

// revision returns the revision of the schema, or "" without the server's own
// tables, whatever other tables exist. It rejects tables without a revision.
func (s *store) revision(ctx context.Context) (string, error) {
	tables, err := s.tables(ctx)
	if err != nil {
		return "", err
	}
	if !slices.Contains(tables, alembicTable) {
		if slices.Contains(tables, ownTable) {
			return "", neverMigrated()
		}
		return "", nil
	}
	var at string
	err = s.db.QueryRowContext(ctx, "SELECT version_num FROM alembic_version").Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		if slices.Contains(tables, ownTable) {
			return "", neverMigrated()
		}
		return "", nil
	}
	return at, s.explain(err)
}

func neverMigrated() error {
	return &pyError{
		class: "RuntimeError",
		text:  "The database has never been migrated with alembic before. This can happen if you are performing a direct upgrade from a very old version.",
	}
}

// stamp records the revision of the schema.
func (s *store) stamp(ctx context.Context, version string) error {
	if err := s.exec(ctx, "DELETE FROM alembic_version"); err != nil {
		return err
	}
	_, err := s.db.ExecContext(ctx, "INSERT INTO alembic_version (version_num) VALUES (?)", version)
	return s.explain(err)
}

// requireSchema checks the schema for a server that must not migrate: it must
// exist and have what this version uses. A newer schema passes, since only a
// migration compares revisions.
func (s *store) requireSchema(ctx context.Context, version string) error {
	at, err := s.revision(ctx)
	if err != nil {
		return err
	}
	if at == "" {
		return s.missing(
			1146,
			fmt.Sprintf("Table '%s.server_settings' doesn't exist", s.name),
			"no such table: server_settings",
		)
	}
	if len(pending(at, version)) > 0 {
		return s.missing(
			1054,
			"Unknown column 'server_settings.display_announcements' in 'field list'",
			"no such column: server_settings.display_announcements",
		)
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
