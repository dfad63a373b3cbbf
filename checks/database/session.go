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
)

// tlsDemanded says that the same login works with TLS and not without.
type tlsDemanded struct{ cause error }

func (e *tlsDemanded) Error() string { return "the database server insists on TLS" }
func (e *tlsDemanded) Unwrap() error { return e.cause }

var sessionMemo = check.NewMemo[*sql.DB]("database session")

// session logs in once, without choosing a database, and returns the pool in
// which the connection stays.
func session(ctx context.Context, e *check.Env) (*sql.DB, error) {
	return sessionMemo.Get(ctx, e, func(ctx context.Context) (*sql.DB, error) {
		config, err := databaseTLSConfig(ctx, e)
		if err != nil {
			return nil, err
		}
		db, err := open(ctx, e, config, "")
		if err == nil || config != nil || number(err) != errAccessDenied {
			return db, temporaryMySQL(err)
		}
		return nil, whyDenied(ctx, e, err)
	})
}

// whyDenied tries a login that was refused without TLS once more with it: a
// server that insists on TLS for one user says no more than "denied". What
// protects the password is no worse than without TLS.
func whyDenied(ctx context.Context, e *check.Env, denied error) error {
	h, err := databaseHello(ctx, e)
	if err != nil || !h.tls {
		return denied
	}
	config := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12} //nolint:gosec // see above
	if _, err := open(ctx, e, config, ""); err == nil {
		return &tlsDemanded{cause: denied}
	}
	return denied
}

var databaseMemo = check.NewMemo[*sql.DB]("database chosen")

// inDatabase logs in as the server does: with the database chosen.
func inDatabase(ctx context.Context, e *check.Env) (*sql.DB, error) {
	return databaseMemo.Get(ctx, e, func(ctx context.Context) (*sql.DB, error) {
		config, err := databaseTLSConfig(ctx, e)
		if err != nil {
			return nil, err
		}
		db, err := open(ctx, e, config, e.Answers.Database.MySQL.Name)
		return db, temporaryMySQL(err)
	})
}

// open connects and logs in. The pool is closed when the run ends.
func open(ctx context.Context, e *check.Env, config *tls.Config, database string) (*sql.DB, error) {
	m := e.Answers.Database.MySQL
	if m.Auth == answers.RDSAuth {
		return nil, check.Skip("the user logs in by a token that only the pod's AWS identity gets")
	}
	password, err := e.Read(ctx, "password", m.Password)
	if err != nil {
		return nil, err
	}
	heard := &hearing{}
	c := mysql.NewConfig()
	c.User, c.Passwd, c.DBName, c.TLS = m.User, password.Reveal(), database, config
	c.Net, c.Addr, c.Logger = "tcp", Address(e), heard
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
		return nil, heard.explain(err)
	}
	e.AtEnd(func() { _ = db.Close() })
	return db, nil
}

// hearing listens to what the driver would log: it gives up the cause of a
// broken connection there only.
type hearing struct {
	mu   sync.Mutex
	last error
}

// Print takes the driver's log lines; it keeps errors and writes nothing.
func (h *hearing) Print(v ...any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, item := range v {
		if err, ok := item.(error); ok {
			h.last = err
		}
	}
}

func (h *hearing) explain(err error) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.last != nil && (errors.Is(err, mysql.ErrInvalidConn) || isBadConn(err)) {
		return fmt.Errorf("%w: %w", err, h.last)
	}
	return err
}
