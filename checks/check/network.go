package check

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/transport"
)

// DialLimit is the time limit of a connection attempt. A firewall that drops
// packets is only detected by a timeout.
const DialLimit = 5 * time.Second

// IsTimeout returns true if err is a timeout.
func IsTimeout(err error) bool {
	var n net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &n) && n.Timeout()
}

// Reason returns the innermost message of a network or TLS error, without the
// connection attempt.
func Reason(err error) string { return transport.Reason(err) }

// FirstWords returns the printable start of a greeting in an unknown protocol.
func FirstWords(data []byte) string {
	text, _, _ := strings.Cut(string(data), "\n")
	text = strings.ToValidUTF8(strings.TrimSpace(text), "?")
	return text[:min(len(text), 40)]
}

// IsPrivateName reports whether only a cluster or a private network can resolve
// a name.
func IsPrivateName(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return IsPrivateAddress(a)
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	for _, suffix := range privateSuffixes {
		if strings.HasSuffix(host, suffix) {
			return true
		}
	}
	return strings.Contains(host, ".svc.") || strings.Contains(host, ".privatelink.") || !strings.Contains(host, ".")
}

var privateSuffixes = []string{
	".svc", ".cluster.local", ".internal", ".local", ".lan", ".private", ".intranet", ".corp",
}

var sharedSpace = netip.MustParsePrefix("100.64.0.0/10") // RFC 6598, used by clusters and carriers

// IsPrivateAddress reports whether an address is not routed on the internet.
func IsPrivateAddress(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsPrivate() || a.IsLinkLocalUnicast() || sharedSpace.Contains(a)
}

// IsLoopback reports whether a host is this machine.
func IsLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
