package database

import (
	"context"
	"crypto/tls"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/mysqlerr"
)

// tlsRequiredError reports that a login works with TLS and fails without it.
type tlsRequiredError struct{ cause error }

func (e *tlsRequiredError) Error() string { return "the database server requires TLS" }
func (e *tlsRequiredError) Unwrap() error { return e.cause }

var serverMemo = check.NewMemo[*sql.DB]("database session")

// openServer logs in once per run, without a database, and returns the connection
// pool.
func openServer(ctx context.Context, e *check.Env) (*sql.DB, error) {
	return serverMemo.Get(ctx, e, func(ctx context.Context) (*sql.DB, error) {
		config, err := databaseTLSConfig(ctx, e)
		if err != nil {
			return nil, err
		}
		db, err := open(ctx, e, config, "")
		if err == nil || config != nil || number(err) != mysqlerr.AccessDenied {
			return db, temporaryMySQL(err)
		}
		return nil, explainDenied(ctx, e, err)
	})
}

// explainDenied repeats with TLS a login that was denied without it: if one account
// requires TLS, the server reports only "denied". The password is not less protected
// than without TLS.
func explainDenied(ctx context.Context, e *check.Env, denied error) error {
	h, err := databaseGreeting(ctx, e)
	if err != nil || !h.tls {
		return denied
	}
	config := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12} //nolint:gosec // see above
	if _, err := open(ctx, e, config, ""); err == nil {
		return &tlsRequiredError{cause: denied}
	}
	return denied
}

var databaseMemo = check.NewMemo[*sql.DB]("database chosen")

// openDatabase logs in as the server does, with the database selected.
func openDatabase(ctx context.Context, e *check.Env) (*sql.DB, error) {
	return databaseMemo.Get(ctx, e, func(ctx context.Context) (*sql.DB, error) {
		config, err := databaseTLSConfig(ctx, e)
		if err != nil {
			return nil, err
		}
		db, err := open(ctx, e, config, e.Answers.Database.MySQL.Name)
		return db, temporaryMySQL(err)
	})
}

// open connects and logs in. The pool is closed at the end of the run.
func open(ctx context.Context, e *check.Env, config *tls.Config, database string) (*sql.DB, error) {
	m := e.Answers.Database.MySQL
	if m.Auth == answers.RDSAuth {
		return nil, check.Skip("the user logs in with a token that only the pod's AWS identity can get")
	}
	password, err := e.Read(ctx, "password", m.Password)
	if err != nil {
		return nil, err
	}
	log := &driverLog{}
	c := mysql.NewConfig()
	c.User, c.Passwd, c.DBName, c.TLS = m.User, password.Reveal(), database, config
	c.Net, c.Addr, c.Logger = "tcp", Address(e), log
	c.Timeout, c.ReadTimeout, c.WriteTimeout = check.DialLimit, 10*time.Second, 10*time.Second
	c.DialFunc = func(ctx context.Context, _, _ string) (net.Conn, error) { return dialDatabase(ctx, e) }
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return nil, fmt.Errorf("database settings: %w", err)
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(2)
	if err := db.PingContext(ctx); err != nil {
		_ = db.Close()
		return nil, log.explain(err)
	}
	e.AtEnd(func() { _ = db.Close() })
	return db, nil
}

// driverLog keeps the errors that the driver logs: it reports the cause of a broken
// connection only there.
type driverLog struct {
	mu   sync.Mutex
	last error
}

// Print keeps the last error that the driver logs.
func (h *driverLog) Print(v ...any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, item := range v {
		if err, ok := item.(error); ok {
			h.last = err
		}
	}
}

func (h *driverLog) explain(err error) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.last != nil && (errors.Is(err, mysql.ErrInvalidConn) || isBadConn(err)) {
		return fmt.Errorf("%w: %w", err, h.last)
	}
	return err
}
