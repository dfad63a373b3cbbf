package standin

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
)

// mariadb is a MariaDB server with its own folder, port and certificates.
type mariadb struct {
	port   int
	pki    *pki
	root   *sql.DB
	folder string
	stop   func()
}

var (
	sharedOnce sync.Once
	shared     *mariadb
	sharedErr  error
)

func TestMain(m *testing.M) {
	code := m.Run()
	if shared != nil {
		shared.stop()
	}
	os.Exit(code)
}

// startedMariaDB returns the server that the tests of this package share. It
// skips the test if MariaDB is not installed.
func startedMariaDB(t *testing.T) *mariadb {
	t.Helper()
	if _, err := exec.LookPath("mariadbd"); err != nil {
		t.Skip("mariadbd is not installed: apt-get install mariadb-server-core mariadb-client-core")
	}
	sharedOnce.Do(func() { shared, sharedErr = startMariaDB() })
	if sharedErr != nil {
		t.Fatal(sharedErr)
	}
	return shared
}

// startMariaDB creates a data folder and starts a server, with TLS from its own
// CA unless options override it.
func startMariaDB(options ...string) (*mariadb, error) {
	folder, err := os.MkdirTemp("", "standin-mariadb-")
	if err != nil {
		return nil, err
	}
	db := &mariadb{folder: folder, pki: newPKI()}
	if err := db.pki.writeServer(folder, db.pki.server); err != nil {
		return nil, err
	}
	install := exec.Command(
		"mariadb-install-db",
		"--no-defaults",
		"--auth-root-authentication-method=normal",
		"--skip-test-db",
		"--datadir="+filepath.Join(folder, "data"),
	)
	if err := db.giveAway(install); err != nil {
		return nil, err
	}
	if output, err := install.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("mariadb-install-db: %w\n%s", err, output)
	}
	return db, db.run(options)
}

func (db *mariadb) run(options []string) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	db.port = listener.Addr().(*net.TCPAddr).Port
	_ = listener.Close()
	socket := filepath.Join(db.folder, "s")
	args := append([]string{"--no-defaults", "--datadir=" + filepath.Join(db.folder, "data"), "--socket=" + socket,
		"--bind-address=127.0.0.1", "--port=" + strconv.Itoa(db.port), "--pid-file=" + filepath.Join(db.folder, "pid"),
		"--skip-name-resolve", "--innodb-buffer-pool-size=16M",
		"--ssl-ca=" + filepath.Join(
			db.folder,
			"ca.pem",
		), "--ssl-cert=" + filepath.Join(db.folder, "cert.pem"), "--ssl-key=" + filepath.Join(db.folder, "key.pem")}, options...)
	command := exec.Command("mariadbd", args...)
	if err := db.giveAway(command); err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() { _ = command.Wait(); close(ended) }()
	db.stop = func() {
		if db.root != nil {
			_ = db.root.Close()
		}
		_ = command.Process.Kill()
		<-ended
		_ = os.RemoveAll(db.folder)
	}
	return db.connectRoot(socket, ended)
}

// connectRoot waits until the server responds.
func (db *mariadb) connectRoot(socket string, ended <-chan struct{}) error {
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr, cfg.User, cfg.Logger = "unix", socket, "root", silent{}
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return err
	}
	db.root = sql.OpenDB(connector)
	deadline, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		err := db.root.PingContext(deadline)
		if err == nil {
			return nil
		}
		select {
		case <-ended:
			return fmt.Errorf("mariadbd ended before it answered: %w", err)
		case <-deadline.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// exec runs statements as root.
func (db *mariadb) exec(t *testing.T, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := db.root.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// fresh creates a user with all privileges on an empty database. Both are
// removed after the test.
func (db *mariadb) fresh(t *testing.T) tenant {
	t.Helper()
	name := fmt.Sprintf("t%d", time.Now().UnixNano())
	who := tenant{db: db, name: name, password: "pw-" + name}
	db.exec(
		t,
		"CREATE DATABASE "+name,
		"CREATE USER '"+name+"'@'%' IDENTIFIED BY '"+who.password+"'",
		"GRANT ALL ON "+name+".* TO '"+name+"'@'%'",
	)
	t.Cleanup(func() {
		db.exec(t, "DROP DATABASE IF EXISTS "+name, "DROP USER IF EXISTS '"+name+"'@'%'")
	})
	return who
}

// tenant is a user, a password and a database of the same name.
type tenant struct {
	db       *mariadb
	name     string
	password string
}

// env returns what the chart would set for this database, and more.
func (w tenant) env(more Env) Env {
	env := Env{
		"ZENML_STORE_URL":      fmt.Sprintf("mysql://%s@127.0.0.1:%d/%s", w.name, w.db.port, w.name),
		"ZENML_STORE_PASSWORD": w.password,
		plainTraceback:         "false",
	}
	for name, value := range more {
		env[name] = value
	}
	return env
}
