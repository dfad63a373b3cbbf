package ports

import (
	"io"
	"net"
	"testing"
)

func TestReservedPortIsHeld(t *testing.T) {
	reservation, err := Reserve("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	if listener, err := net.Listen("tcp", reservation.HostPort()); err == nil {
		_ = listener.Close()
		t.Error("somebody else could listen on a reserved port")
	}
	listener, err := reservation.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		if conn, err := listener.Accept(); err == nil {
			_, _ = conn.Write([]byte("hello"))
			_ = conn.Close()
		}
	}()
	conn, err := net.Dial("tcp", reservation.HostPort())
	if err != nil {
		t.Fatal(err)
	}
	if data, err := io.ReadAll(conn); err != nil || string(data) != "hello" {
		t.Errorf("read %q, %v", data, err)
	}
	if err := listener.Close(); err != nil {
		t.Error(err)
	}
	reservation.Release()
	again, err := net.Listen("tcp", reservation.HostPort())
	if err != nil {
		t.Errorf("a released port is not free: %v", err)
	} else {
		_ = again.Close()
	}
}

func TestReserveRefusesNames(t *testing.T) {
	for _, host := range []string{"localhost", "::1", ""} {
		if _, err := Reserve(host); err == nil {
			t.Errorf("reserved a port on %q", host)
		}
	}
}
