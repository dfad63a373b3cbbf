//go:build gms_pure_go

package database

import (
	"crypto/tls"
	"database/sql"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/go-sql-driver/mysql" // registers the driver "mysql"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/pki"
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
	server, err = Serve(t.Context(), listener, password, certificate(t), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return listener.Addr().String(), password, server
}

// certificate is for 127.0.0.1, signed by an authority of the test's own.
func certificate(t *testing.T) tls.Certificate {
	t.Helper()
	authority, err := pki.NewAuthority(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	pair, err := authority.Issue(pki.Request{File: "database", User: "database", Hosts: []string{"127.0.0.1"}})
	if err != nil {
		t.Fatal(err)
	}
	both, err := tls.X509KeyPair(pair.CertPEM, pair.KeyPEM)
	if err != nil {
		t.Fatal(err)
	}
	return both
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

func TestClientsMayHaveTLS(t *testing.T) {
	address, password, _ := serve(t)
	db, err := sql.Open("mysql", fmt.Sprintf("%s:%s@tcp(%s)/%s?tls=skip-verify", User, password, address, Name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.PingContext(t.Context()); err != nil {
		t.Fatal(err)
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
