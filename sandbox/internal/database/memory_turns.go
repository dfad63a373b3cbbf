//go:build gms_pure_go

package database

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/dolthub/vitess/go/mysql"
	"github.com/dolthub/vitess/go/sqltypes"
	querypb "github.com/dolthub/vitess/go/vt/proto/query"
)

// lockWait is how long a statement waits for its turn (the default of MySQL's
// innodb_lock_wait_timeout).
const lockWait = 50 * time.Second

// turns serializes connections: each has its turn for one statement, or for a
// whole transaction. The in-memory tables of go-mysql-server are not safe for
// concurrent use: a commit writes back every table that its session has read,
// including those of other databases, and panics if another session has dropped
// one of them.
type turns struct {
	mysql.Handler
	free   chan struct{} // contains a token while no connection has the turn
	holder atomic.Uint32 // id of the connection that has the turn, or 0
}

func inTurns(handler mysql.Handler) *turns {
	t := &turns{Handler: handler, free: make(chan struct{}, 1)}
	t.free <- struct{}{}
	return t
}

// take waits for the connection's turn, unless its transaction already has it.
func (t *turns) take(ctx context.Context, c *mysql.Conn) error {
	if t.holder.Load() == c.ConnectionID {
		return nil
	}
	late := time.NewTimer(lockWait)
	defer late.Stop()
	select {
	case <-t.free:
		t.holder.Store(c.ConnectionID)
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-late.C:
		return mysql.NewSQLError(
			mysql.ERLockWaitTimeout,
			mysql.SSUnknownSQLState,
			"Lock wait timeout exceeded; try restarting transaction",
		)
	}
}

// pass ends the turn of a connection without a transaction.
func (t *turns) pass(c *mysql.Conn) {
	if c.StatusFlags&mysql.ServerInTransaction == 0 && t.holder.CompareAndSwap(c.ConnectionID, 0) {
		t.free <- struct{}{}
	}
}

// ComQuery runs one statement.
func (t *turns) ComQuery(ctx context.Context, c *mysql.Conn, query string, callback mysql.ResultSpoolFn) error {
	if err := t.take(ctx, c); err != nil {
		return err
	}
	defer t.pass(c)
	return t.Handler.ComQuery(ctx, c, query, callback)
}

// ComMultiQuery runs the first of several statements and returns the others.
func (t *turns) ComMultiQuery(
	ctx context.Context,
	c *mysql.Conn,
	query string,
	callback mysql.ResultSpoolFn,
) (string, error) {
	if err := t.take(ctx, c); err != nil {
		return "", err
	}
	defer t.pass(c)
	return t.Handler.ComMultiQuery(ctx, c, query, callback)
}

// ComPrepare also reads tables, for the result's columns.
func (t *turns) ComPrepare(
	ctx context.Context,
	c *mysql.Conn,
	query string,
	prepare *mysql.PrepareData,
) ([]*querypb.Field, error) {
	if err := t.take(ctx, c); err != nil {
		return nil, err
	}
	defer t.pass(c)
	return t.Handler.ComPrepare(ctx, c, query, prepare)
}

// ComStmtExecute runs a prepared statement.
func (t *turns) ComStmtExecute(
	ctx context.Context,
	c *mysql.Conn,
	prepare *mysql.PrepareData,
	callback func(*sqltypes.Result) error,
) error {
	if err := t.take(ctx, c); err != nil {
		return err
	}
	defer t.pass(c)
	return t.Handler.ComStmtExecute(ctx, c, prepare, callback)
}

// ComResetConnection drops the session, and with it its transaction.
func (t *turns) ComResetConnection(c *mysql.Conn) error {
	err := t.Handler.ComResetConnection(c)
	c.StatusFlags &^= mysql.ServerInTransaction
	t.pass(c)
	return err
}

// ConnectionClosed drops the session, and with it its transaction.
func (t *turns) ConnectionClosed(c *mysql.Conn) {
	t.Handler.ConnectionClosed(c)
	c.StatusFlags &^= mysql.ServerInTransaction
	t.pass(c)
}
