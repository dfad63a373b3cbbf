// Package ports finds free ports and reserves them until a component listens
// there.
package ports

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Reservation reserves a TCP port without listening on it. Only a process of
// the same user that sets SO_REUSEPORT can listen there.
type Reservation struct {
	Address string
	Port    int
	file    int
}

// Reserve picks a free port on the IPv4 address host.
func Reserve(host string) (*Reservation, error) {
	address, err := netip.ParseAddr(host)
	if err != nil || !address.Is4() {
		return nil, fmt.Errorf("reserve port: %q is not an IPv4 address", host)
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	unix.CloseOnExec(fd)
	if err := bind(fd, address); err != nil {
		_ = unix.Close(fd)
		return nil, err
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		_ = unix.Close(fd)
		return nil, os.NewSyscallError("getsockname", err)
	}
	bound, ok := name.(*unix.SockaddrInet4)
	if !ok {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("reserve port: unexpected socket address %T", name)
	}
	return &Reservation{Address: host, Port: bound.Port, file: fd}, nil
}

func bind(fd int, address netip.Addr) error {
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
		return os.NewSyscallError("setsockopt", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: address.As4()}); err != nil {
		return os.NewSyscallError("bind", err)
	}
	return nil
}

// HostPort returns the reserved address in the form host:port.
func (r *Reservation) HostPort() string {
	return net.JoinHostPort(r.Address, fmt.Sprint(r.Port))
}

// Listen opens a listener on the reserved port.
func (r *Reservation) Listen(ctx context.Context) (net.Listener, error) {
	config := net.ListenConfig{Control: func(_, _ string, conn syscall.RawConn) error {
		var failed error
		err := conn.Control(func(fd uintptr) {
			failed = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
		})
		if err != nil {
			return err
		}
		return failed
	}}
	return config.Listen(ctx, "tcp4", r.HostPort())
}

// Release frees the port.
func (r *Reservation) Release() { _ = unix.Close(r.file) }
