package check

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"time"
)

// DialLimit is how long a connection may take to come about. A packet filter
// that drops gives no other sign than silence.
const DialLimit = 5 * time.Second

// IsTimeout returns true if err is a deadline that passed.
func IsTimeout(err error) bool {
	var n net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &n) && n.Timeout()
}

// FirstWords is the printable beginning of what another protocol says first.
func FirstWords(data []byte) string {
	text, _, _ := strings.Cut(string(data), "\n")
	text = strings.ToValidUTF8(strings.TrimSpace(text), "?")
	return text[:min(len(text), 40)]
}

// IsPrivateName tells whether a name is of the kind that only a cluster or a
// private network resolves.
func IsPrivateName(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return IsPrivateAddress(a)
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	for _, suffix := range []string{".svc", ".cluster.local", ".internal", ".local", ".lan", ".private", ".intranet", ".corp"} {
		if strings.HasSuffix(host, suffix) {
			return true
		}
	}
	return strings.Contains(host, ".svc.") || strings.Contains(host, ".privatelink.") || !strings.Contains(host, ".")
}

var sharedSpace = netip.MustParsePrefix("100.64.0.0/10") // RFC 6598, used by clusters and carriers

// IsPrivateAddress returns true if an address is not routed on the internet.
func IsPrivateAddress(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsPrivate() || a.IsLinkLocalUnicast() || sharedSpace.Contains(a)
}

// IsLoopback returns true if a host is this machine itself.
func IsLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
