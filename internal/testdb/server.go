// Package testdb starts a real MariaDB or MySQL server for a test: in its own folder, on a free port of the loopback
// interface, with its own certificate authority. The server ends with the test.
package testdb

import (
	"context"
	"database/sql"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
)

// Kind is a database product.
type Kind int

// The products. MariaDB starts faster and can report any version; MySQL has
// caching_sha2_password, roles and MySQL's error codes.
const (
	MariaDB Kind = iota
	MySQL
)

// String returns the product's name.
func (k Kind) String() string { return [...]string{"MariaDB", "MySQL"}[k] }

// Options configure the server. The zero value is a MariaDB primary that
// reports MySQL 8.0.41 and offers TLS for the hosts db.test and 127.0.0.1.
type Options struct {
	Server   Kind
	Version  string    // the version that MariaDB reports: "8.0.41", "5.7.44-log"; "own" for MariaDB's own
	Address  string    // listen address; 127.0.0.1 if empty
	Name     string    // common name of its certificate
	Hosts    []string  // hosts of its certificate; empty and not nil for none
	Chained  bool      // an intermediate authority signs its certificate and is sent with it
	NotAfter time.Time // expiry of its certificate; in an hour if zero
	NoTLS    bool      // without TLS
	Flags    []string  // additional flags
	PAM      string    // rules of the PAM service zenml; needs root
}

// Server is a running server.
type Server struct {
	Host      string
	Port      int
	Authority *Authority // signed its certificate, and those of clients that it trusts
	Issuer    *Authority // the intermediate authority of a chained certificate

	admin *sql.DB
}

// Start starts a server and stops it after the test. A missing MariaDB fails
// the test, or skips it with -short; a missing MySQL skips it, or fails it if
// ZENML_TEST_REQUIRE_PEERS is set.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	p := find(t, o.Server)
	o = o.complete()
	// Not t.TempDir: a socket's path must stay below 108 characters.
	dir, err := os.MkdirTemp("", "testdb")
	check(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s := &Server{Host: o.Address, Port: freePort(t, o.Address), Authority: NewAuthority(t)}
	p.install(t, dir)
	s.launch(t, p, dir, o)
	return s
}

func (o Options) complete() Options {
	if o.Version == "" && o.Server == MariaDB {
		o.Version = "8.0.41"
	}
	if o.Name == "" {
		o.Name = "test server"
	}
	if o.Address == "" {
		o.Address = "127.0.0.1"
	}
	if o.Hosts == nil {
		o.Hosts = []string{"db.test", "127.0.0.1"}
	}
	if o.NotAfter.IsZero() {
		o.NotAfter = time.Now().Add(time.Hour)
	}
	return o
}

// launch starts the server and waits until it responds.
func (s *Server) launch(t testing.TB, p product, dir string, o Options) {
	t.Helper()
	data := filepath.Join(dir, "data")
	socket, log := filepath.Join(data, "s"), filepath.Join(data, "log")
	args := append(p.flags(), "--datadir="+data, "--socket="+socket, "--log-error="+log,
		"--port="+strconv.Itoa(s.Port), "--bind-address="+o.Address, "--skip-name-resolve",
		"--innodb-buffer-pool-size=16M", "--innodb-fast-shutdown=2",
		// Temporary tables are named after the process id, which is not unique
		// across containers.
		"--tmpdir="+filepath.Join(dir, "tmp"))
	if o.Version != "" && o.Version != "own" {
		args = append(args, "--version="+o.Version)
	}
	if o.NoTLS {
		args = append(args, p.withoutTLS()...)
	} else {
		args = append(args, s.certificates(t, p, data, o)...)
	}
	cmd := p.command(t, dir, o, append(args, o.Flags...))
	check(t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // its data is deleted as well
		t.Logf("the database server ended: %v", <-ended)
	})
	s.admin = connect(socket)
	t.Cleanup(func() { _ = s.admin.Close() })
	s.await(t, log, ended)
}

func (s *Server) certificates(t testing.TB, p product, dir string, o Options) []string {
	t.Helper()
	pair := s.issue(t, o)
	files := map[string][]byte{"ca.pem": s.Authority.PEM, "cert.pem": pair.Cert, "key.pem": pair.Key}
	for name, content := range files {
		path := filepath.Join(dir, name)
		check(t, os.WriteFile(path, content, 0o600))
		p.chown(t, path)
	}
	return []string{"--ssl-ca=" + filepath.Join(dir, "ca.pem"), "--ssl-cert=" + filepath.Join(dir, "cert.pem"),
		"--ssl-key=" + filepath.Join(dir, "key.pem")}
}

func (s *Server) issue(t testing.TB, o Options) Pair {
	t.Helper()
	if !o.Chained {
		return s.Authority.Named(t, o.NotAfter, o.Name, o.Hosts...)
	}
	s.Issuer = s.Authority.Intermediate(t)
	pair := s.Issuer.Named(t, o.NotAfter, o.Name, o.Hosts...)
	pair.Cert = append(pair.Cert, s.Issuer.PEM...)
	return pair
}

func connect(socket string) *sql.DB {
	c := mysql.NewConfig()
	c.User, c.Net, c.Addr, c.Logger = "root", "unix", socket, &mysql.NopLogger{}
	connector, err := mysql.NewConnector(c)
	if err != nil {
		panic(err) // only a broken Config fails, and this one is a literal
	}
	return sql.OpenDB(connector)
}

// await polls until the server responds or exits.
func (s *Server) await(t testing.TB, log string, ended chan error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	ticker := time.NewTicker(25 * time.Millisecond)
	defer ticker.Stop()
	for s.admin.PingContext(ctx) != nil {
		select {
		case err := <-ended:
			ended <- err
			text, _ := os.ReadFile(log) //nolint:gosec // a file of this test
			t.Fatalf("the database server ended: %v\n%s", err, text)
		case <-ctx.Done():
			t.Fatal("the database server does not answer within a minute")
		case <-ticker.C:
		}
	}
}

// Exec runs statements as root.
func (s *Server) Exec(t testing.TB, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := s.admin.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// Strings runs a query as root and returns the first column of its rows.
func (s *Server) Strings(t testing.TB, query string) []string {
	t.Helper()
	rows, err := s.admin.Query(query)
	check(t, err)
	defer func() { _ = rows.Close() }()
	var all []string
	for rows.Next() {
		var text string
		check(t, rows.Scan(&text))
		all = append(all, text)
	}
	check(t, rows.Err())
	return all
}

// Hold opens another connection as root and keeps it until the test ends. It
// retries while closing connections still count against the limit.
func (s *Server) Hold(t testing.TB) {
	t.Helper()
	first, err := s.admin.Conn(t.Context()) // so that the next connection is a new one
	check(t, err)
	t.Cleanup(func() { _ = first.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ticker := time.NewTicker(25 * time.Millisecond)
	defer ticker.Stop()
	for {
		second, err := s.admin.Conn(ctx)
		if err == nil {
			t.Cleanup(func() { _ = second.Close() })
			return
		}
		select {
		case <-ctx.Done():
			t.Fatal(err)
		case <-ticker.C:
		}
	}
}

func freePort(t testing.TB, address string) int {
	t.Helper()
	listener, err := net.Listen("tcp", net.JoinHostPort(address, "0"))
	check(t, err)
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
