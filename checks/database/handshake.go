package database

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// errNoTLS says that the server offers no TLS.
var errNoTLS = errors.New("the database server offers no TLS")

var handshakeMemo = check.NewMemo[tls.ConnectionState]("database handshake")

// databaseHandshake asks the server for TLS on the connection on which it
// introduced itself, and shakes hands. It does not log in.
func databaseHandshake(ctx context.Context, e *check.Env, config *tls.Config) (tls.ConnectionState, error) {
	return handshakeMemo.Get(ctx, e, func(ctx context.Context) (tls.ConnectionState, error) {
		h, err := databaseHello(ctx, e)
		if err != nil {
			return tls.ConnectionState{}, err
		}
		if !h.tls {
			return tls.ConnectionState{}, errNoTLS
		}
		if err := h.conn.SetDeadline(time.Now().Add(check.DialLimit)); err != nil {
			return tls.ConnectionState{}, err
		}
		if _, err := h.conn.Write(tlsRequest()); err != nil {
			return tls.ConnectionState{}, err
		}
		client := tls.Client(h.conn, config)
		if err := client.HandshakeContext(ctx); err != nil {
			return tls.ConnectionState{}, err
		}
		if len(config.Certificates) > 0 {
			if err := accepted(client); err != nil {
				return tls.ConnectionState{}, err
			}
		}
		return client.ConnectionState(), nil
	})
}

// accepted tells whether the server took the client's certificate: with TLS
// 1.3 it decides after the client thinks that the handshake is over. A server
// that goes on answers the login of a user without a name, whatever it says.
func accepted(client *tls.Conn) error {
	_, _ = client.Write(emptyLogin()) // fails when the server has closed already; the answer tells why
	if _, err := io.ReadFull(client, make([]byte, 1)); err != nil {
		return &clientRefused{cause: err}
	}
	return nil
}

// clientRefused says that the server closed the connection after it saw the
// client's certificate.
type clientRefused struct{ cause error }

func (e *clientRefused) Error() string { return e.cause.Error() }
func (e *clientRefused) Unwrap() error { return e.cause }

// tlsRequest is the packet by which a client asks for TLS before it says who
// it is: capabilities, largest packet, character set, 23 zero bytes.
func tlsRequest() []byte {
	return clientPacket(1, wantTLS, nil)
}

// emptyLogin is a login as nobody: an empty user name and an empty answer.
func emptyLogin() []byte { return clientPacket(2, 0, []byte{0, 0}) }

// Capabilities of a client, as the protocol numbers them.
const (
	protocol41       = 0x0200
	wantTLS          = 0x0800
	secureConnection = 0x8000
)

func clientPacket(sequence byte, capabilities uint32, rest []byte) []byte {
	const utf8mb4 = 45
	packet := make([]byte, 4+32, 4+32+len(rest))
	packet[0], packet[3] = byte(32+len(rest)), sequence //nolint:gosec // the rest is a few bytes
	binary.LittleEndian.PutUint32(packet[4:], protocol41|secureConnection|capabilities)
	binary.LittleEndian.PutUint32(packet[8:], 1<<24)
	packet[12] = utf8mb4
	return append(packet, rest...)
}
