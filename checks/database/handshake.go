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

// errNoTLS means that the server does not offer TLS.
var errNoTLS = errors.New("the database server does not offer TLS")

var handshakeMemo = check.NewMemo[tls.ConnectionState]("database handshake")

// databaseHandshake makes a TLS handshake on the connection of the greeting. It
// does not log in.
func databaseHandshake(ctx context.Context, e *check.Env, config *tls.Config) (tls.ConnectionState, error) {
	return handshakeMemo.Get(ctx, e, func(ctx context.Context) (tls.ConnectionState, error) {
		h, err := databaseGreeting(ctx, e)
		if err != nil {
			return tls.ConnectionState{}, err
		}
		if !h.tls {
			return tls.ConnectionState{}, errNoTLS
		}
		if err := h.conn.SetDeadline(time.Now().Add(answerLimit)); err != nil {
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

// accepted returns an error if the server rejects the client's certificate.
// With TLS 1.3 the server decides after the client's handshake is complete, so
// this sends a login without a user name: any response means that the
// certificate was accepted.
func accepted(client *tls.Conn) error {
	_, _ = client.Write(emptyLogin()) // fails if the server has closed the connection; the read below reports that
	if _, err := io.ReadFull(client, make([]byte, 1)); err != nil {
		return &clientRejected{cause: err}
	}
	return nil
}

// clientRejected means that the server closed the connection after it received
// the client's certificate.
type clientRejected struct{ cause error }

func (e *clientRejected) Error() string { return e.cause.Error() }
func (e *clientRejected) Unwrap() error { return e.cause }

// tlsRequest is the packet with which a client requests TLS before the login:
// capabilities, maximum packet size, character set, 23 zero bytes.
func tlsRequest() []byte {
	return clientPacket(1, wantTLS, nil)
}

// emptyLogin is a login with an empty user name and password.
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
