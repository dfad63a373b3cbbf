package standin

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/go-sql-driver/mysql"
)

// errNoDatabase is MySQL's "unknown database", on which the server creates the
// database.
const errNoDatabase = 1049

// openMySQL connects to the database and creates it if it is unknown; every
// other error is fatal.
func openMySQL(ctx context.Context, u storeURL, env Env) (*store, error) {
	if err := u.checkMySQL(env); err != nil {
		return nil, err
	}
	if err := checkAuthMode(u, env); err != nil {
		return nil, err
	}
	cfg, err := mysqlConfig(u, env)
	if err != nil {
		return nil, err
	}
	db, err := connect(ctx, cfg)
	var refused *mysql.MySQLError
	if errors.As(err, &refused) && refused.Number == errNoDatabase {
		if err = createDatabase(ctx, cfg); err == nil {
			db, err = connect(ctx, cfg)
		}
	}
	if err != nil {
		return nil, mysqlError(err, u.host)
	}
	if err := sizePool(db, env); err != nil {
		_ = db.Close()
		return nil, err
	}
	return &store{kind: kindMySQL, db: db, name: u.database}, nil
}

func mysqlConfig(u storeURL, env Env) (*mysql.Config, error) {
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr = "tcp", u.address()
	cfg.User, cfg.Passwd, cfg.DBName = u.user, u.password, u.database
	cfg.ParseTime = true
	cfg.AllowCleartextPasswords = true // like PyMySQL, for accounts of PAM and LDAP
	cfg.Timeout, cfg.ReadTimeout, cfg.WriteTimeout = 10*time.Second, 60*time.Second, 60*time.Second
	cfg.Logger = silent{}
	settings, err := tlsSettings(u, env)
	if err != nil {
		return nil, err
	}
	cfg.TLS, err = settings.config(u.host)
	return cfg, err
}

// silent discards the driver's log.
type silent struct{}

func (silent) Print(...any) {}

func connect(ctx context.Context, cfg *mysql.Config) (*sql.DB, error) {
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	if err := db.PingContext(ctx); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

// createDatabase creates the database without a character set. The caller has checked the name.
func createDatabase(ctx context.Context, cfg *mysql.Config) error {
	server := cfg.Clone()
	server.DBName = ""
	db, err := connect(ctx, server)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(ctx, "CREATE DATABASE IF NOT EXISTS "+quoteName(cfg.DBName))
	return err
}

func quoteName(name string) string { return "`" + name + "`" }

// sizePool limits the connections as the server does: a pool of 20 and an overflow of 20 by default.
func sizePool(db *sql.DB, env Env) error {
	size, err := env.number("ZENML_STORE_POOL_SIZE", 20)
	if err != nil {
		return err
	}
	overflow, err := env.number("ZENML_STORE_MAX_OVERFLOW", 20)
	if err != nil {
		return err
	}
	db.SetMaxIdleConns(size)
	db.SetMaxOpenConns(size + max(overflow, 0))
	db.SetConnMaxIdleTime(time.Minute)
	return nil
}

// checkAuthMode returns the server's errors about RDS IAM authentication. The
// stand-in has no AWS identity, so correct settings fail like in a pod without
// credentials.
func checkAuthMode(u storeURL, env Env) error {
	switch mode := env.or("ZENML_STORE_AUTH_MODE", "password"); mode {
	case "password":
		return nil
	case authModeIAM:
		settings, err := tlsSettings(u, env)
		if err != nil {
			return err
		}
		if !settings.enabled || !settings.verifyHost {
			return storeFault("AWS RDS IAM authentication requires SSL with server certificate verification")
		}
		if u.password != "" || settings.cert != "" || settings.key != "" {
			return storeFault("AWS RDS IAM authentication cannot be combined with a password or client certificates")
		}
		return &pyError{class: "botocore.exceptions.NoCredentialsError", text: "Unable to locate credentials"}
	default:
		return storeFault("Input for auth_mode should be 'password' or 'aws_rds_iam', not " + pyRepr(mode))
	}
}
