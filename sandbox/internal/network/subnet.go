// Package network connects a real node to the host with a pair of unused
// addresses.
package network

import (
	"errors"
	"fmt"
	"net/netip"
)

// CIDRs inside a sandbox. All sandboxes use the same: every real node has its own network namespace, and simulated pods
// have no network.
const (
	PodCIDR     = "10.244.0.0/16"
	ServiceCIDR = "10.96.0.0/16"
	// ServiceIP is the address of the Service "kubernetes".
	ServiceIP = "10.96.0.1"
	// DNSIP is the address of the Service "kube-dns".
	DNSIP = "10.96.0.10"
	// ACMEIP is the address of the ACME server's Service, where there is one.
	ACMEIP = "10.96.0.43"
)

var pool = netip.MustParsePrefix("10.211.0.0/16")

// widest is the shortest prefix that counts as a network in use. The sandbox's
// more specific route takes precedence over a wider one (a VPN's 10.0.0.0/8).
const widest = 16

// Link is a point-to-point network between the host and one node.
type Link struct {
	Subnet netip.Prefix
	// Host is the host's address, Node the node's.
	Host, Node netip.Addr
	// Interface is the name of the host's end.
	Interface string
}

// Choose returns the first /30 of 10.211.0.0/16 that overlaps none of the used prefixes.
func Choose(used []netip.Prefix) (Link, error) {
	for index := 0; index < 1<<14; index++ {
		subnet := subnetAt(index)
		if !overlapsAny(subnet, used) {
			host := subnet.Addr().Next()
			return Link{Subnet: subnet, Host: host, Node: host.Next(), Interface: fmt.Sprintf("zmlsbx%04x", index)}, nil
		}
	}
	return Link{}, errors.New("no free /30 is left in 10.211.0.0/16: take some sandboxes down")
}

func subnetAt(index int) netip.Prefix {
	base := pool.Addr().As4()
	offset := index * 4
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{base[0], base[1], byte(offset >> 8), byte(offset)}), 30) //nolint:gosec // the last two bytes of an address
}

func overlapsAny(subnet netip.Prefix, used []netip.Prefix) bool {
	for _, prefix := range used {
		if prefix.Bits() >= widest && subnet.Overlaps(prefix) {
			return true
		}
	}
	return false
}
