//go:build !gms_pure_go

package database

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
)

// Server is a running MySQL server.
type Server struct{}

// Serve refuses: go-mysql-server without cgo needs a build tag, which build.sh sets.
func Serve(context.Context, net.Listener, string, tls.Certificate, io.Writer) (*Server, error) {
	return nil, errors.New("this sandbox was built without its database: build it with build.sh or -tags gms_pure_go")
}

// Version returns nothing.
func (s *Server) Version() string { return "" }

// Close does nothing.
func (s *Server) Close() error { return nil }
