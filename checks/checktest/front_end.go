package checktest

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"testing"
)

// FrontEnd is a MySQL proxy in front of a real database, as ProxySQL, RDS Proxy and
// Vitess are. It announces its own version, terminates TLS, and can replace or refuse
// queries.
type FrontEnd struct {
	Target  string
	Version string      // in the handshake
	TLS     *tls.Config // without TLS if nil
	// Replace returns the query to run instead; the same by default.
	Replace func(query string) string
	// Refuse returns the error of a query that the product does not support, or 0.
	Refuse func(query string) (number uint16, message string)
}

// Capabilities and commands of MySQL's protocol.
const (
	capabilityTLS = 0x0800
	commandQuery  = 3
)

// Listen accepts connections on that address until the test ends.
func (f *FrontEnd) Listen(t *testing.T, host string) int {
	t.Helper()
	return serveEach(t, host, f.serve)
}

func (f *FrontEnd) serve(client net.Conn) {
	defer func() { _ = client.Close() }()
	server, err := net.Dial("tcp", f.Target)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	session, err := f.logIn(client, server)
	if err != nil {
		return
	}
	go func() {
		_, _ = io.Copy(session, server)
		_ = client.Close()
	}()
	for f.command(session, server) == nil { // until one side ends
	}
}

// logIn forwards the login. With TLS the client sends one packet more than the
// database expects, so the sequence numbers differ by one.
func (f *FrontEnd) logIn(client, server net.Conn) (net.Conn, error) {
	p, err := readPacket(server)
	if err != nil {
		return nil, err
	}
	if err := writePacket(client, p.sequence, f.greeting(p.body)); err != nil {
		return nil, err
	}
	login, err := readPacket(client)
	if err != nil {
		return nil, err
	}
	shift := byte(0)
	if f.TLS != nil && len(login.body) == 32 { // a request for TLS
		client, shift = tls.Server(client, f.TLS), 1
		if login, err = readPacket(client); err != nil {
			return nil, err
		}
	}
	flags := binary.LittleEndian.Uint32(login.body)
	binary.LittleEndian.PutUint32(login.body, flags&^capabilityTLS)
	return client, authenticate(client, server, login, shift)
}

// authenticate forwards the client's answers and the server's questions until the server
// accepts or denies the login.
func authenticate(client, server net.Conn, answer packet, shift byte) error {
	for {
		if err := writePacket(server, answer.sequence-shift, answer.body); err != nil {
			return err
		}
		question, err := readPacket(server)
		if err != nil {
			return err
		}
		if err := writePacket(client, question.sequence+shift, question.body); err != nil {
			return err
		}
		if question.body[0] == 0 || question.body[0] == 0xff { // accepted or denied
			return nil
		}
		if answer, err = readPacket(client); err != nil {
			return err
		}
	}
}

// greeting replaces the version and the offer of TLS.
func (f *FrontEnd) greeting(body []byte) []byte {
	version, rest, _ := bytes.Cut(body[1:], []byte{0})
	if f.Version != "" {
		version = []byte(f.Version)
	}
	rest = bytes.Clone(rest)
	flags := binary.LittleEndian.Uint16(rest[13:]) &^ capabilityTLS
	if f.TLS != nil {
		flags |= capabilityTLS
	}
	binary.LittleEndian.PutUint16(rest[13:], flags)
	return bytes.Join([][]byte{{body[0]}, version, {0}, rest}, nil)
}

// command forwards one command of the client.
func (f *FrontEnd) command(client, server net.Conn) error {
	p, err := readPacket(client)
	if err != nil {
		return err
	}
	if len(p.body) > 0 && p.body[0] == commandQuery {
		query := string(p.body[1:])
		if f.Refuse != nil {
			if number, message := f.Refuse(query); number != 0 {
				return writePacket(client, 1, errorPacket(number, message))
			}
		}
		if f.Replace != nil {
			p.body = append([]byte{commandQuery}, f.Replace(query)...)
		}
	}
	return writePacket(server, p.sequence, p.body)
}

func errorPacket(number uint16, message string) []byte {
	body := binary.LittleEndian.AppendUint16([]byte{0xff}, number)
	return append(body, "#HY000"+message...)
}

// packet is a packet of MySQL's protocol.
type packet struct {
	sequence byte
	body     []byte
}

func readPacket(r io.Reader) (packet, error) {
	head := make([]byte, 4)
	if _, err := io.ReadFull(r, head); err != nil {
		return packet{}, err
	}
	body := make([]byte, int(head[0])|int(head[1])<<8|int(head[2])<<16)
	_, err := io.ReadFull(r, body)
	if err == nil && len(body) == 0 {
		err = io.ErrUnexpectedEOF
	}
	return packet{head[3], body}, err
}

func writePacket(w io.Writer, sequence byte, body []byte) error {
	n := len(body)
	_, err := w.Write(append([]byte{byte(n), byte(n >> 8), byte(n >> 16), sequence}, body...)) //nolint:gosec // 24 bits
	return err
}
