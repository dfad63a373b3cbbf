//go:build gms_pure_go

package database

import (
	"database/sql"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/go-sql-driver/mysql" // registers the driver "mysql"
)

func serve(t *testing.T) (address, password string, server *Server) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "password")
	password, err := NewPassword(file)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("password file %v, %v", info, err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server, err = Serve(t.Context(), listener, password, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return listener.Addr().String(), password, server
}

func open(t *testing.T, user, password, address string) *sql.DB {
	t.Helper()
	db, err := sql.Open("mysql", fmt.Sprintf("%s:%s@tcp(%s)/%s", user, password, address, Name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestServe(t *testing.T) {
	address, password, server := serve(t)
	db := open(t, User, password, address)
	var version, database string
	if err := db.QueryRowContext(t.Context(), "SELECT VERSION(), DATABASE()").Scan(&version, &database); err != nil {
		t.Fatal(err)
	}
	if version != server.Version() || !strings.HasPrefix(version, "8.") || database != Name {
		t.Errorf("version %q (server says %q), database %q", version, server.Version(), database)
	}
	for _, statement := range []string{
		"CREATE TABLE a (id INT PRIMARY KEY)", "CREATE TABLE b (a_id INT, FOREIGN KEY (a_id) REFERENCES a (id))",
		"ALTER TABLE a ADD COLUMN name VARCHAR(10)", "CREATE INDEX i ON a (name)", "DROP TABLE b", "DROP TABLE a", "CREATE DATABASE backup",
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

func TestOnlyTheUserGetsIn(t *testing.T) {
	address, password, _ := serve(t)
	for _, login := range [][2]string{{User, "wrong"}, {User, ""}, {"root", ""}, {"root", password}, {"somebody", password}} {
		if err := open(t, login[0], login[1], address).PingContext(t.Context()); err == nil {
			t.Errorf("user %q got in", login[0])
		}
	}
}
