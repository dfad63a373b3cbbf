package database

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"

	"github.com/go-sql-driver/mysql"
)

// Answers returns nil when the administrator can log in.
func Answers(ctx context.Context, files Files) error {
	db, err := connect(files)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if err := db.PingContext(ctx); err != nil {
		return fmt.Errorf("the database server does not answer: %w", err)
	}
	return nil
}

// SetUp creates the database Name and the user User with all privileges, locks
// the administrator's account, and returns the version that the server reports.
func SetUp(ctx context.Context, files Files, password string) (string, error) {
	db, err := connect(files)
	if err != nil {
		return "", err
	}
	defer func() { _ = db.Close() }()
	var version string
	if err := db.QueryRowContext(ctx, "SELECT VERSION()").Scan(&version); err != nil {
		return "", fmt.Errorf("set up the database: %w", err)
	}
	if err := dropOthers(ctx, db); err != nil {
		return "", fmt.Errorf("set up the database: %w", err)
	}
	for _, statement := range []string{
		"CREATE DATABASE IF NOT EXISTS " + Name,
		fmt.Sprintf("CREATE USER '%s'@'%%' IDENTIFIED BY '%s'", User, password),
		fmt.Sprintf("GRANT ALL PRIVILEGES ON *.* TO '%s'@'%%' WITH GRANT OPTION", User),
		fmt.Sprintf("ALTER USER 'root'@'localhost' IDENTIFIED BY '%s'", rand.Text()), // the password is discarded
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return "", fmt.Errorf("set up the database: %w", err)
		}
	}
	return version, nil
}

// dropOthers drops the administrator's accounts for other hosts and the anonymous ones, which MariaDB's installer creates
// without passwords.
func dropOthers(ctx context.Context, db *sql.DB) error {
	rows, err := db.QueryContext(
		ctx,
		"SELECT QUOTE(user), QUOTE(host) FROM mysql.user WHERE user = 'root' AND host <> 'localhost' OR user = ''",
	)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	var statements []string
	for rows.Next() {
		var user, host string
		if err := rows.Scan(&user, &host); err != nil {
			return err
		}
		statements = append(statements, "DROP USER "+user+"@"+host)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, statement := range statements {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// connect opens the administrator's connection to a new server.
func connect(files Files) (*sql.DB, error) {
	config := mysql.NewConfig()
	config.User, config.Net, config.Addr, config.Logger = "root", "unix", files.Socket(), &mysql.NopLogger{}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, fmt.Errorf("set up the database: %w", err)
	}
	return sql.OpenDB(connector), nil
}
