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

// helloLimit is how long the server may take for its greeting: it looks up the
// client's name first, unless told otherwise.
const helloLimit = 5 * time.Second

// hello is a connection on which the server has introduced itself.
type hello struct {
	conn    net.Conn
	version string
	tls     bool // it offers TLS
}

// errForeign says that the port does not speak MySQL's protocol.
type errForeign struct{ says string }

func (e *errForeign) Error() string { return e.says }

// Address is the host and port of MySQL.
func Address(e *check.Env) string {
	m := e.Answers.Database.MySQL
	return net.JoinHostPort(m.Host, strconv.Itoa(m.Port))
}

var addressesMemo = check.NewMemo[[]netip.Addr]("database addresses")

// databaseAddresses resolves the host, once.
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

var helloMemo = check.NewMemo[*hello]("database hello")

// databaseHello connects and reads the greeting, once. The connection stays
// open for the look at TLS.
func databaseHello(ctx context.Context, e *check.Env) (*hello, error) {
	return helloMemo.Get(ctx, e, func(ctx context.Context) (*hello, error) {
		conn, err := dialDatabase(ctx, e)
		if err != nil {
			return nil, err
		}
		e.AtEnd(func() { _ = conn.Close() })
		if err := conn.SetDeadline(time.Now().Add(helloLimit)); err != nil {
			return nil, err
		}
		stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })
		defer stop()
		h, err := readHello(conn)
		if err != nil {
			return nil, temporaryMySQL(err)
		}
		h.conn = conn
		return h, nil
	})
}

// readHello reads the first packet of a MySQL server: three bytes of length, a
// sequence number, and protocol 10's greeting or an error.
func readHello(r io.Reader) (*hello, error) {
	reader := bufio.NewReaderSize(r, 512)
	first, err := reader.Peek(5)
	if err != nil && len(first) == 0 {
		return nil, silent(err)
	}
	if len(first) < 5 || first[3] != 0 || first[4] != 10 && first[4] != 0xff {
		rest, _ := reader.Peek(reader.Buffered())
		return nil, &errForeign{says: "it answers with " + strconv.Quote(check.FirstWords(rest))}
	}
	length := int(first[0]) | int(first[1])<<8 | int(first[2])<<16
	if length > 4096 {
		return nil, &errForeign{says: "its greeting is too long for MySQL"}
	}
	packet := make([]byte, 4+length)
	if _, err := io.ReadFull(reader, packet); err != nil {
		return nil, silent(err)
	}
	return parseHello(packet[4:])
}

func parseHello(body []byte) (*hello, error) {
	if body[0] == 0xff {
		return nil, helloError(body)
	}
	version, rest, ok := bytes.Cut(body[1:], []byte{0})
	// thread id 4, challenge 8, filler 1, then two bytes of capabilities
	if !ok || len(rest) < 15 {
		return nil, &errForeign{says: "its greeting is not MySQL's"}
	}
	return &hello{version: string(version), tls: binary.LittleEndian.Uint16(rest[13:15])&wantTLS != 0}, nil
}

// helloError reads an error packet; before the login it may lack its SQL state.
func helloError(body []byte) error {
	if len(body) < 3 {
		return &errForeign{says: "its greeting is not MySQL's"}
	}
	message := string(body[3:])
	if strings.HasPrefix(message, "#") && len(message) >= 6 {
		message = message[6:]
	}
	return &mysql.MySQLError{Number: binary.LittleEndian.Uint16(body[1:3]), Message: message}
}

func silent(err error) error {
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &errForeign{says: "it closes the connection without a word"}
	case check.IsTimeout(err):
		return &errForeign{says: fmt.Sprintf("it says nothing within %s", helloLimit)}
	}
	return err
}
