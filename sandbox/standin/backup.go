package standin

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// backUp saves a non-empty MySQL database before it is migrated, with the
// strategy in env; the default is in-memory. It needs the strategy's privileges
// and fails without them. The stand-in does not restore the backup after a
// failed migration.
func (s *store) backUp(ctx context.Context, env Env, log Log) error {
	if s.kind != kindMySQL {
		return nil
	}
	strategy := env.or("ZENML_STORE_BACKUP_STRATEGY", "in-memory")
	if strategy == "disabled" {
		return nil
	}
	log.Info(migrating, "Backing up the database before the migration, strategy %s.", strategy)
	switch strategy {
	case "in-memory":
		return s.dump(ctx, io.Discard)
	case "dump-file":
		return s.dumpToFile(ctx, env)
	case "database":
		return s.copyDatabase(ctx, env["ZENML_STORE_BACKUP_DATABASE"])
	case "mydumper":
		if _, err := exec.LookPath("mydumper"); err != nil {
			return &pyError{
				class: "FileNotFoundError",
				text:  "[Errno 2] No such file or directory: 'mydumper'",
				cause: err,
			}
		}
		return &pyError{class: "RuntimeError", text: "mydumper is not run by the stand-in server"}
	case "custom":
		return importClass(env, env["ZENML_STORE_CUSTOM_BACKUP_ENGINE"])
	}
	return storeFault(
		"Input for backup_strategy should be one of disabled, in-memory, dump-file, database, mydumper and custom, not " + pyRepr(
			strategy,
		),
	)
}

func (s *store) dumpToFile(ctx context.Context, env Env) error {
	folder := env.or("ZENML_STORE_BACKUP_DIRECTORY", filepath.Join(configFolder(env), "backups"))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return osError(err)
	}
	file, err := os.OpenFile(filepath.Join(folder, s.name+"-backup.json"), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return osError(err)
	}
	if err := s.dump(ctx, file); err != nil {
		_ = file.Close()
		return err
	}
	if err := file.Close(); err != nil {
		return osError(err)
	}
	return nil
}

// dump writes every row of every table as a line of JSON.
func (s *store) dump(ctx context.Context, to io.Writer) error {
	tables, err := s.tables(ctx)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriter(to)
	for _, table := range tables {
		if err := s.dumpTable(ctx, table, json.NewEncoder(buffered)); err != nil {
			return err
		}
	}
	if err := buffered.Flush(); err != nil {
		return osError(err)
	}
	return nil
}

func (s *store) dumpTable(ctx context.Context, table string, to *json.Encoder) error {
	rows, err := s.db.QueryContext(ctx, "SELECT * FROM "+quoteName(table))
	if err != nil {
		return s.explain(err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		return s.explain(err)
	}
	values, targets := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return s.explain(err)
		}
		if err := to.Encode(map[string]any{"table": table, "columns": columns, "values": values}); err != nil {
			return osError(err)
		}
	}
	return s.explain(rows.Err())
}

// copyDatabase recreates the backup database and copies every table into it.
func (s *store) copyDatabase(ctx context.Context, backup string) error {
	if !databaseName.MatchString(backup) || strings.Contains(backup, "`") {
		return storeFault(
			"the backup_database attribute must be set to a valid database name for the database backup strategy",
		)
	}
	tables, err := s.tables(ctx)
	if err != nil {
		return err
	}
	to := quoteName(backup)
	statements := []string{"DROP DATABASE IF EXISTS " + to, "CREATE DATABASE " + to}
	for _, table := range tables {
		t := quoteName(table)
		statements = append(
			statements,
			"CREATE TABLE "+to+"."+t+" LIKE "+t,
			"INSERT INTO "+to+"."+t+" SELECT * FROM "+t,
		)
	}
	return s.exec(ctx, statements...)
}
