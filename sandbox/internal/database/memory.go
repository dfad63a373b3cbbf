//go:build gms_pure_go

package database

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"sync"

	sqle "github.com/dolthub/go-mysql-server"
	"github.com/dolthub/go-mysql-server/memory"
	"github.com/dolthub/go-mysql-server/server"
	"github.com/dolthub/go-mysql-server/sql"
	"github.com/dolthub/go-mysql-server/sql/mysql_db"
	"github.com/dolthub/vitess/go/mysql"
	"github.com/sirupsen/logrus"
)

// HasMemory reports whether this binary has go-mysql-server.
const HasMemory = true

// Server is a running go-mysql-server.
type Server struct {
	server  *server.Server
	version string
	closing sync.Once
}

// Serve serves the empty database Name on listener, for the user User with all
// privileges. It offers TLS with this certificate and logs to out.
func Serve(
	ctx context.Context,
	listener net.Listener,
	password string,
	certificate tls.Certificate,
	out io.Writer,
) (*Server, error) {
	logrus.SetOutput(out)
	logrus.SetLevel(logrus.WarnLevel)
	provider := memory.NewDBProvider(memory.NewDatabase(Name))
	engine := sqle.NewDefault(provider)
	if err := createUser(ctx, engine, provider, password); err != nil {
		return nil, err
	}
	config := server.Config{
		Listener: listener, Protocol: "tcp", Address: listener.Addr().String(), MaxConnections: 500,
		Options:   []server.Option{takeTurns},
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12},
	}
	s, err := server.NewServer(config, engine, sql.NewContext, memory.NewSessionBuilder(provider), nil)
	if err != nil {
		return nil, fmt.Errorf("start database: %w", err)
	}
	go func() {
		if err := s.Start(); err != nil {
			logrus.Warnf("the database stopped: %v", err)
		}
	}()
	version, err := memoryVersion()
	return &Server{server: s, version: version}, err
}

func takeTurns(
	engine *sqle.Engine,
	sessions *server.SessionManager,
	handler mysql.Handler,
) (*sqle.Engine, *server.SessionManager, mysql.Handler) {
	return engine, sessions, inTurns(handler)
}

// Version returns the result of SELECT VERSION().
func (s *Server) Version() string { return s.version }

// Close stops the server.
func (s *Server) Close() error {
	var err error
	s.closing.Do(func() { err = s.server.Close() })
	return err
}

func memoryVersion() (string, error) {
	_, value, ok := sql.SystemVariables.GetGlobal("version")
	if !ok {
		return "", fmt.Errorf("start database: it knows no version")
	}
	return fmt.Sprint(value), nil
}

func createUser(ctx context.Context, engine *sqle.Engine, provider *memory.DbProvider, password string) error {
	users := engine.Analyzer.Catalog.MySQLDb
	users.SetPersister(&mysql_db.NoopPersister{})
	editor := users.Editor()
	users.AddEphemeralSuperUser(editor, "root", "localhost", rand.Text()) // the password is not needed again
	editor.Close()
	session := memory.NewSession(
		sql.NewBaseSessionWithClientServer("", sql.Client{User: "root", Address: "localhost"}, 1),
		provider,
	)
	sqlContext := sql.NewContext(ctx, sql.WithSession(session))
	for _, statement := range []string{
		fmt.Sprintf("CREATE USER '%s'@'%%' IDENTIFIED BY '%s'", User, password),
		fmt.Sprintf("GRANT ALL PRIVILEGES ON *.* TO '%s'@'%%' WITH GRANT OPTION", User),
	} {
		if err := execute(sqlContext, engine, statement); err != nil {
			return fmt.Errorf("create database user %s: %w", User, err)
		}
	}
	return nil
}

func execute(ctx *sql.Context, engine *sqle.Engine, statement string) error {
	_, rows, _, err := engine.Query(ctx, statement)
	if err != nil {
		return err
	}
	_, err = sql.RowIterToRows(ctx, rows)
	return err
}
