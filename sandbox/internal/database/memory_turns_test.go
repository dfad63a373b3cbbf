//go:build gms_pure_go

package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"sync"
	"testing"
	"time"
)

// TestSessionsDoNotDisturbEachOther creates, fills and drops tables in several
// sessions, each in its own database, while others read all databases.
func TestSessionsDoNotDisturbEachOther(t *testing.T) {
	address, password, _ := serve(t)
	db := open(t, User, password, address)
	ctx, done := context.WithCancel(t.Context())
	var readers, writers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for ctx.Err() == nil {
				var tables int
				err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM information_schema.tables").Scan(&tables)
				if err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for i := range 4 {
		writers.Go(func() { makeAndDrop(t, db, fmt.Sprintf("own%d", i)) })
	}
	writers.Wait()
	done()
	readers.Wait()
}

func makeAndDrop(t *testing.T, db *sql.DB, name string) {
	run := func(format string, a ...any) {
		if _, err := db.ExecContext(t.Context(), fmt.Sprintf(format, a...)); err != nil {
			t.Errorf("%s: %v", fmt.Sprintf(format, a...), err)
		}
	}
	run("CREATE DATABASE %s", name)
	for range 20 {
		run("CREATE TABLE %s.a (id INT PRIMARY KEY)", name)
		for row := range 5 {
			run("INSERT INTO %s.a VALUES (%d)", name, row)
		}
		var rows int
		if err := db.QueryRowContext(t.Context(), fmt.Sprintf("SELECT COUNT(*) FROM %s.a", name)).Scan(&rows); err != nil ||
			rows != 5 {
			t.Errorf("%d rows of 5, %v", rows, err)
		}
		run("DROP TABLE %s.a", name)
	}
}

// TestTransactionsTakeTurns changes one row in two transactions: the second
// sees what the first did, even if the first was lost with its connection.
func TestTransactionsTakeTurns(t *testing.T) {
	address, password, _ := serve(t)
	db := open(t, User, password, address)
	for _, statement := range []string{
		"CREATE TABLE a (id INT PRIMARY KEY, active BOOLEAN)", "INSERT INTO a VALUES (1, FALSE)",
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	activate := func(tx *sql.Tx) int64 {
		result, err := tx.ExecContext(t.Context(), "UPDATE a SET active = TRUE WHERE active = FALSE")
		if err != nil {
			t.Error(err)
			return -1
		}
		changed, _ := result.RowsAffected()
		return changed
	}
	begin := func(db *sql.DB) *sql.Tx {
		tx, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		return tx
	}
	other := open(t, User, password, address)
	lost, err := other.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lost.ExecContext(t.Context(), "BEGIN"); err != nil {
		t.Fatal(err)
	}
	if _, err := lost.ExecContext(t.Context(), "UPDATE a SET active = TRUE"); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(100*time.Millisecond, func() { _ = lost.Raw(func(any) error { return driver.ErrBadConn }) })

	first := begin(db)
	if changed := activate(first); changed != 1 {
		t.Errorf("%d rows changed after a transaction that was lost", changed)
	}
	second := make(chan int64)
	go func() {
		tx := begin(other)
		second <- activate(tx)
		_ = tx.Commit()
	}()
	select {
	case <-second:
		t.Error("the second transaction did not wait for the first")
	case <-time.After(100 * time.Millisecond):
	}
	if err := first.Commit(); err != nil {
		t.Fatal(err)
	}
	if changed := <-second; changed != 0 {
		t.Errorf("the second transaction changed %d rows", changed)
	}
}
