package checktest

import (
	"context"
	"net"
	"net/netip"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// Resolver starts a name server on the loopback interface that resolves only the given
// hosts, and returns its resolver. For an invalid address it answers SERVFAIL.
func Resolver(t *testing.T, hosts map[string]string) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	go serveNames(server, hosts)
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

func serveNames(server net.PacketConn, hosts map[string]string) {
	packet := make([]byte, 1500)
	for {
		n, client, err := server.ReadFrom(packet)
		if err != nil {
			return
		}
		var m dnsmessage.Message
		if m.Unpack(packet[:n]) != nil || len(m.Questions) != 1 {
			continue
		}
		answer, err := reply(m, hosts).Pack()
		if err == nil {
			_, _ = server.WriteTo(answer, client)
		}
	}
}

func reply(m dnsmessage.Message, hosts map[string]string) *dnsmessage.Message {
	q := m.Questions[0]
	m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
	text, known := hosts[q.Name.String()[:max(0, len(q.Name.String())-1)]]
	address, err := netip.ParseAddr(text)
	switch {
	case !known:
		m.RCode = dnsmessage.RCodeNameError
	case err != nil:
		m.RCode = dnsmessage.RCodeServerFailure
	case q.Type == dnsmessage.TypeA && address.Is4():
		m.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 1},
			Body:   &dnsmessage.AResource{A: address.As4()},
		}}
	case q.Type == dnsmessage.TypeAAAA && address.Is6():
		m.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 1},
			Body:   &dnsmessage.AAAAResource{AAAA: address.As16()},
		}}
	}
	return &m
}
