package e2e

import (
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
)

// TestDatabases starts a sandbox with each kind of database that is available.
func TestDatabases(t *testing.T) {
	for kind, version := range map[string]string{"mysql": "9.", "mariadb": "8.0."} {
		t.Run(kind, func(t *testing.T) {
			if _, stderr, err := command(t, "prepare", "mysql"); err != nil && kind == "mysql" {
				skip(t, stderr)
			}
			s := up(t, "database-"+kind, "--nodes", "simulated", "--database", kind)
			if s.Database == nil || s.Database.Kind != kind || !strings.HasPrefix(s.Database.Version, version) {
				t.Fatalf("database %+v, want %s %s", s.Database, kind, version)
			}
			useDatabase(t, s)
		})
	}
}

// useDatabase does what a server and its backup do, over a verified connection.
func useDatabase(t *testing.T, s *sandbox) {
	t.Helper()
	db := openDatabase(t, s, s.Database.User, password(t, s))
	for _, statement := range []string{
		"CREATE TABLE a (id INT PRIMARY KEY)", "CREATE TABLE b (a_id INT, FOREIGN KEY (a_id) REFERENCES a (id))",
		"CREATE DATABASE backup", "DROP DATABASE backup", "CREATE USER other IDENTIFIED BY 'other'", "GRANT SELECT ON zenml.* TO other",
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Errorf("%s: %v", statement, err)
		}
	}
	for user, password := range map[string]string{s.Database.User: "wrong", "root": ""} {
		if err := openDatabase(t, s, user, password).PingContext(t.Context()); err == nil {
			t.Errorf("user %s logged in with password %q", user, password)
		}
	}
}

func openDatabase(t *testing.T, s *sandbox, user, password string) *sql.DB {
	t.Helper()
	authority, err := os.ReadFile(s.Database.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	config := mysql.NewConfig()
	config.Net, config.Addr, config.DBName = "tcp", net.JoinHostPort(
		s.Database.Host,
		fmt.Sprint(s.Database.Port),
	), s.Database.Name
	config.User, config.Passwd, config.Logger = user, password, &mysql.NopLogger{}
	config.TLS = &tls.Config{RootCAs: roots, ServerName: s.Database.Host, MinVersion: tls.VersionTLS12}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(connector)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// skip skips a test whose requirements are missing, or fails it if
// ZENML_TEST_REQUIRE_PEERS is set.
func skip(t *testing.T, reason string) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(reason), "\n")
	if os.Getenv("ZENML_TEST_REQUIRE_PEERS") != "" {
		t.Fatal(lines[len(lines)-1])
	}
	t.Skip(lines[len(lines)-1])
}
