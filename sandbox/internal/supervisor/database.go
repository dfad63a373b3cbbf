package supervisor

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"time"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/database"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/pki"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/process"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/state"
)

// DatabaseCommand is the hidden subcommand that runs a database server.
const DatabaseCommand = "database"

// databaseServer is a running server.
type databaseServer struct {
	version string
	address *net.TCPAddr
}

func (s *Supervisor) startDatabase(ctx context.Context) error {
	engine := s.options.Database
	if engine.Kind == "" {
		return nil
	}
	passwordFile := s.options.Dir.Join("database-password")
	password, err := database.NewPassword(passwordFile)
	if err != nil {
		return err
	}
	host := s.host.Network().HostAddress
	certificate, err := s.plane.Authority.Issue(pki.Request{File: "database", User: "database", Hosts: []string{host}})
	if err != nil {
		return err
	}
	start := s.runDatabase
	if engine.Kind == database.Memory {
		start = s.serveMemory
	}
	server, err := start(ctx, password, certificate)
	if err != nil {
		return err
	}
	reachable := []string{"host"}
	if s.options.real() {
		reachable = append(reachable, "pods")
	}
	return s.update(func(r *state.Record) {
		r.Database = &state.Database{
			Host: host, Port: server.address.Port, Name: database.Name, User: database.User, Kind: engine.Kind,
			PasswordFile: passwordFile, CAFile: s.plane.Authority.CertFile(), Version: server.version, ReachableFrom: reachable,
		}
	})
}

// usualDatabasePort returns MySQL's port if the address is the sandbox's own,
// otherwise 0.
func (s *Supervisor) usualDatabasePort() int {
	if s.options.real() {
		return usualDatabase
	}
	return 0
}

// runDatabase starts a server program and creates its database and user.
func (s *Supervisor) runDatabase(ctx context.Context, password string, certificate pki.Pair) (databaseServer, error) {
	engine, dir := s.options.Database, s.options.Dir
	address, err := s.freeAddress(ctx, s.host.Network().HostAddress, s.usualDatabasePort())
	if err != nil {
		return databaseServer{}, err
	}
	files := database.Files{
		Dir: dir.Join(
			"database",
		), CA: s.plane.Authority.CertFile(), Cert: certificate.CertFile, Key: certificate.KeyFile,
	}
	if err := engine.Prepare(ctx, files); err != nil {
		return databaseServer{}, err
	}
	pid, err := s.beside.Start(process.Spec{
		Name: DatabaseCommand, Path: s.options.Executable, Log: dir.Log(DatabaseCommand),
		Args: append(
			[]string{DatabaseCommand, engine.Program},
			engine.Args(files, address.IP.String(), address.Port)...),
	})
	if err != nil {
		return databaseServer{}, err
	}
	if err := s.update(func(r *state.Record) { r.PIDs[DatabaseCommand] = pid }); err != nil {
		return databaseServer{}, err
	}
	answers := func(ctx context.Context) error { return database.Answers(ctx, files) }
	if err := poll(ctx, 50*time.Millisecond, answers); err != nil {
		return databaseServer{}, err
	}
	version, err := database.SetUp(ctx, files, password)
	return databaseServer{version: version, address: address}, err
}

// serveMemory starts go-mysql-server in this process.
func (s *Supervisor) serveMemory(ctx context.Context, password string, certificate pki.Pair) (databaseServer, error) {
	listener, err := s.listen(ctx, s.host.Network().HostAddress, s.usualDatabasePort())
	if err != nil {
		return databaseServer{}, err
	}
	pair, err := tls.X509KeyPair(certificate.CertPEM, certificate.KeyPEM)
	if err != nil {
		return databaseServer{}, fmt.Errorf("start the database: %w", err)
	}
	server, err := database.Serve(ctx, listener, password, pair, s.log)
	if err != nil {
		return databaseServer{}, err
	}
	s.onClose(func() { _ = server.Close() })
	return databaseServer{version: server.Version(), address: listener.Addr().(*net.TCPAddr)}, nil
}

// freeAddress returns an address for a program that opens its listener itself.
func (s *Supervisor) freeAddress(ctx context.Context, host string, usual int) (*net.TCPAddr, error) {
	listener, err := listen(ctx, host, usual)
	if err != nil {
		return nil, err
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr), nil
}
