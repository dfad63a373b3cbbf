package database

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// answerLimit is the time limit of each answer of the server. It is PyMySQL's
// default: what takes longer fails in the ZenML server as well. The greeting may take
// seconds, because the server first resolves the client's name, or is paused.
const answerLimit = 10 * time.Second

// slowAnswer is when the greeting is worth a remark.
const slowAnswer = 3 * time.Second

// greeting is a connection on which the server has sent its first packet.
type greeting struct {
	conn    net.Conn
	version string
	tls     bool // the server offers TLS
	took    time.Duration
}

// notMySQLError means that the port does not speak MySQL's protocol.
type notMySQLError struct{ reason string }

func (e *notMySQLError) Error() string { return e.reason }

// errSilent means that the server accepts the connection and sends no greeting.
var errSilent = fmt.Errorf("it accepts the connection, but sends no greeting within %s", answerLimit)

// Address returns the host and port of MySQL.
func Address(e *check.Env) string {
	m := e.Answers.Database.MySQL
	return net.JoinHostPort(m.Host, strconv.Itoa(m.Port))
}

var addressesMemo = check.NewMemo[[]netip.Addr]("database addresses")

// databaseAddresses resolves the host once per run.
func databaseAddresses(ctx context.Context, e *check.Env) ([]netip.Addr, error) {
	return addressesMemo.Get(ctx, e, func(ctx context.Context) ([]netip.Addr, error) {
		host := e.Answers.Database.MySQL.Host
		if address, err := netip.ParseAddr(host); err == nil {
			return []netip.Addr{address}, nil
		}
		ctx, cancel := context.WithTimeout(ctx, check.DialLimit)
		defer cancel()
		found, err := e.Resolver.LookupNetIP(ctx, "ip", host)
		var dns *net.DNSError
		if errors.As(err, &dns) && dns.IsTemporary && !dns.IsTimeout {
			return nil, check.Transient(err)
		}
		return found, err
	})
}

func dialDatabase(ctx context.Context, e *check.Env) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, check.DialLimit)
	defer cancel()
	return (&net.Dialer{Resolver: e.Resolver}).DialContext(ctx, "tcp", Address(e))
}

var greetingMemo = check.NewMemo[*greeting]("database greeting")

// databaseGreeting connects and reads the greeting once per run. The connection
// stays open for the TLS handshake.
func databaseGreeting(ctx context.Context, e *check.Env) (*greeting, error) {
	return greetingMemo.Get(ctx, e, func(ctx context.Context) (*greeting, error) {
		conn, err := dialDatabase(ctx, e)
		if err != nil {
			return nil, err
		}
		e.AtEnd(func() { _ = conn.Close() })
		asked := time.Now()
		if err := conn.SetDeadline(asked.Add(answerLimit)); err != nil {
			return nil, err
		}
		stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })
		defer stop()
		h, err := readGreeting(conn)
		if err != nil {
			return nil, temporaryMySQL(err)
		}
		h.conn, h.took = conn, time.Since(asked)
		return h, nil
	})
}

// readGreeting reads the first packet of a MySQL server: three bytes of length, a
// sequence number, and the greeting of protocol 10 or an error.
func readGreeting(r io.Reader) (*greeting, error) {
	reader := bufio.NewReaderSize(r, 512)
	first, err := reader.Peek(5)
	if err != nil && len(first) == 0 {
		return nil, noGreeting(err)
	}
	if len(first) < 5 || first[3] != 0 || first[4] != 10 && first[4] != 0xff {
		rest, _ := reader.Peek(reader.Buffered())
		return nil, &notMySQLError{reason: "it answers " + strconv.Quote(check.FirstWords(rest))}
	}
	length := int(first[0]) | int(first[1])<<8 | int(first[2])<<16
	if length > 4096 {
		return nil, &notMySQLError{reason: "its greeting is too long"}
	}
	packet := make([]byte, 4+length)
	if _, err := io.ReadFull(reader, packet); err != nil {
		return nil, noGreeting(err)
	}
	return parseGreeting(packet[4:])
}

func parseGreeting(body []byte) (*greeting, error) {
	if body[0] == 0xff {
		return nil, greetingError(body)
	}
	version, rest, ok := bytes.Cut(body[1:], []byte{0})
	// thread id 4, challenge 8, filler 1, then two bytes of capabilities
	if !ok || len(rest) < 15 {
		return nil, &notMySQLError{reason: "its greeting is malformed"}
	}
	return &greeting{version: string(version), tls: binary.LittleEndian.Uint16(rest[13:15])&wantTLS != 0}, nil
}

// greetingError reads an error packet, which has no SQL state before the login.
func greetingError(body []byte) error {
	if len(body) < 3 {
		return &notMySQLError{reason: "its greeting is malformed"}
	}
	message := string(body[3:])
	if strings.HasPrefix(message, "#") && len(message) >= 6 {
		message = message[6:]
	}
	return &mysql.MySQLError{Number: binary.LittleEndian.Uint16(body[1:3]), Message: message}
}

func noGreeting(err error) error {
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &notMySQLError{reason: "it closes the connection without a greeting"}
	case check.IsTimeout(err):
		return errSilent
	}
	return err
}
