package database

import (
	"context"
	"crypto/tls"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"sync"

	"github.com/go-sql-driver/mysql"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/mysqlerr"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// tlsRequiredError means that a login works with TLS and fails without it.
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
		if number(err) == mysqlerr.AccessDenied {
			return nil, explainDenied(ctx, e, config, err)
		}
		return db, temporaryMySQL(err)
	})
}

// explainDenied repeats a denied login with one difference at a time to find
// the reason: the server reports only "denied".
func explainDenied(ctx context.Context, e *check.Env, config *tls.Config, denied error) error {
	if config == nil && loginNeedsTLS(ctx, e) {
		return &tlsRequiredError{cause: denied}
	}
	if fault := passwordFault(ctx, e, config); fault != nil {
		fault.Err = denied
		return fault
	}
	return denied
}

// loginNeedsTLS reports whether the login works with TLS. Unverified TLS
// protects the password no less than no TLS.
func loginNeedsTLS(ctx context.Context, e *check.Env) bool {
	h, err := databaseGreeting(ctx, e)
	if err != nil || !h.tls {
		return false
	}
	config := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12} //nolint:gosec // see above
	_, err = open(ctx, e, config, "")
	return err == nil
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

// open connects and logs in with the password as the ZenML server sends it. It
// closes the pool at the end of the run.
func open(ctx context.Context, e *check.Env, config *tls.Config, database string) (*sql.DB, error) {
	password, err := readPassword(ctx, e)
	if err != nil {
		return nil, err
	}
	sent, ok := asLatin1(password.Reveal())
	if !ok {
		return nil, UnsendablePassword(e)
	}
	return connect(ctx, e, config, database, secret.New(sent))
}

func connect(ctx context.Context, e *check.Env, config *tls.Config, database string, password secret.Text) (
	*sql.DB, error,
) {
	log := &driverLog{}
	c := mysql.NewConfig()
	c.User, c.Passwd, c.DBName, c.TLS = e.Answers.Database.MySQL.User, password.Reveal(), database, config
	c.Net, c.Addr, c.Logger = "tcp", Address(e), log
	c.AllowCleartextPasswords = config != nil
	c.Timeout, c.ReadTimeout, c.WriteTimeout = check.DialLimit, answerLimit, answerLimit
	c.DialFunc = func(ctx context.Context, _, _ string) (net.Conn, error) { return dialDatabase(ctx, e) }
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return nil, fmt.Errorf("database settings: %w", err)
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(3) // the scratch table's lock holds one
	if err := db.PingContext(ctx); err != nil {
		_ = db.Close()
		return nil, log.explain(err)
	}
	e.AtEnd(func() { _ = db.Close() })
	return db, nil
}

// driverLog keeps what the driver only logs: the cause of a broken connection
// and the name of an unsupported plugin.
type driverLog struct {
	mu     sync.Mutex
	last   error
	plugin string
}

// Print keeps the last error and the last unknown plugin that the driver logs.
func (l *driverLog) Print(v ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, item := range v {
		if err, ok := item.(error); ok {
			l.last = err
		}
		if item == "unknown auth plugin:" && i+1 < len(v) {
			l.plugin, _ = v[i+1].(string)
		}
	}
}

func (l *driverLog) explain(err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case errors.Is(err, mysql.ErrUnknownPlugin):
		return &pluginError{plugin: l.plugin, cause: err}
	case l.last != nil && (errors.Is(err, mysql.ErrInvalidConn) || isBadConn(err)):
		return fmt.Errorf("%w: %w", err, l.last)
	}
	return err
}

// pluginError means that Go's driver does not support an authentication plugin.
type pluginError struct {
	plugin string
	cause  error
}

// Error returns the text with the name of the plugin.
func (e *pluginError) Error() string { return "unsupported authentication plugin " + e.plugin }

// Unwrap returns the driver's error.
func (e *pluginError) Unwrap() error { return e.cause }
