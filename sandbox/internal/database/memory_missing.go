//go:build !gms_pure_go

package database

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
)

// HasMemory reports whether this binary has go-mysql-server.
const HasMemory = false

// Server is a running go-mysql-server.
type Server struct{}

// Serve fails: go-mysql-server needs a build tag.
func Serve(context.Context, net.Listener, string, tls.Certificate, io.Writer) (*Server, error) {
	return nil, errors.New("this sandbox was built without go-mysql-server: build it with -tags gms_pure_go")
}

// Version returns nothing.
func (s *Server) Version() string { return "" }

// Close does nothing.
func (s *Server) Close() error { return nil }
