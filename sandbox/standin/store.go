package standin

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
)

// The kinds of databases in /api/v1/info.
const (
	kindSQLite = "sqlite"
	kindMySQL  = "mysql"
)

const authModeIAM = "aws_rds_iam"

// store is the opened database.
type store struct {
	kind string
	db   *sql.DB
	name string // MySQL: the database; SQLite: the file
}

func (s *store) close() error { return s.db.Close() }

// openStore opens the database in env and checks that it responds. It creates a
// missing MySQL database.
func openStore(ctx context.Context, env Env) (*store, error) {
	text := env["ZENML_STORE_URL"]
	if text == "" {
		return openSQLite(ctx, filepath.Join(configFolder(env), "local_stores", "default_zen_store", "zenml.db"))
	}
	u, err := parseStoreURL(text)
	if err != nil {
		return nil, err
	}
	switch u.scheme {
	case "sqlite":
		return openSQLite(ctx, "/"+strings.TrimPrefix(u.database, "/"))
	case "mysql":
		return openMySQL(ctx, u, env)
	}
	// The real server quotes the whole URL, including its password.
	return nil, &pyError{
		class: "TypeError",
		text: fmt.Sprintf(
			"No store implementation found for URL: %s://%s:***@%s/%s.",
			u.scheme,
			u.user,
			u.address(),
			u.database,
		),
	}
}

// configFolder returns the folder of the server's files, where the chart mounts
// a volume.
func configFolder(env Env) string { return env.or("ZENML_CONFIG_PATH", "/zenml/.zenconfig") }

// tables returns the names of the database's tables.
func (s *store) tables(ctx context.Context) ([]string, error) {
	query := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
	if s.kind == kindMySQL {
		query = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name"
	}
	rows, err := s.db.QueryContext(ctx, query)
	if err != nil {
		return nil, s.explain(err)
	}
	defer func() { _ = rows.Close() }()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, s.explain(err)
		}
		names = append(names, name)
	}
	return names, s.explain(rows.Err())
}

// exec runs statements without arguments.
func (s *store) exec(ctx context.Context, statements ...string) error {
	for _, statement := range statements {
		if _, err := s.db.ExecContext(ctx, statement); err != nil {
			return s.explain(err)
		}
	}
	return nil
}

// explain converts a driver's error to the server's; nil for nil.
func (s *store) explain(err error) error {
	if err == nil {
		return nil
	}
	if s.kind == kindMySQL {
		return mysqlError(err, "")
	}
	return sqliteError(err)
}
