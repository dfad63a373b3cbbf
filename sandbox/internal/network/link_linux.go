package network

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
)

// lockName is an abstract socket that serves as a lock: only one process at a
// time can bind it in the host's network namespace, and the kernel releases it.
const lockName = "@zenml-installer-sandbox-network"

// Connect picks a free subnet and creates an interface pair between the host
// and the network namespace of the process pid. The kernel removes the pair
// with that namespace.
func Connect(ctx context.Context, pid int) (Link, error) {
	unlock, err := lock(ctx)
	if err != nil {
		return Link{}, err
	}
	defer unlock()
	used, err := inUse()
	if err != nil {
		return Link{}, err
	}
	link, err := Choose(used)
	if err != nil {
		return Link{}, err
	}
	if err := makePair(link, pid); err != nil {
		return Link{}, err
	}
	return link, nil
}

// Remove deletes the host's end of a link, and with it the node's. A missing
// link is not an error.
func Remove(name string) error {
	found, err := netlink.LinkByName(name)
	var missing netlink.LinkNotFoundError
	if errors.As(err, &missing) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look up interface %s: %w", name, err)
	}
	if err := netlink.LinkDel(found); err != nil {
		if _, gone := netlink.LinkByName(name); errors.As(gone, &missing) {
			return nil
		}
		return fmt.Errorf("remove interface %s: %w", name, err)
	}
	return nil
}

func lock(ctx context.Context) (func(), error) {
	for {
		conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: lockName, Net: "unixgram"})
		if err == nil {
			return func() { _ = conn.Close() }, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for another sandbox to choose its subnet: %w", ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// inUse returns the prefixes of all the host's addresses and routes.
func inUse() ([]netip.Prefix, error) {
	addresses, err := netlink.AddrList(nil, netlink.FAMILY_V4)
	if err != nil {
		return nil, fmt.Errorf("list the host's addresses: %w", err)
	}
	routes, err := netlink.RouteListFiltered(netlink.FAMILY_V4, &netlink.Route{}, netlink.RT_FILTER_TABLE)
	if err != nil {
		return nil, fmt.Errorf("list the host's routes: %w", err)
	}
	var used []netip.Prefix
	for _, address := range addresses {
		used = appendPrefix(used, address.IPNet)
	}
	for _, route := range routes {
		used = appendPrefix(used, route.Dst)
	}
	return used, nil
}

func appendPrefix(prefixes []netip.Prefix, network *net.IPNet) []netip.Prefix {
	if network == nil {
		return prefixes
	}
	address, ok := netip.AddrFromSlice(network.IP.To4())
	if !ok {
		return prefixes
	}
	ones, _ := network.Mask.Size()
	return append(prefixes, netip.PrefixFrom(address, ones).Masked())
}

func makePair(link Link, pid int) error {
	pair := &netlink.Veth{
		LinkAttrs:     netlink.LinkAttrs{Name: link.Interface},
		PeerName:      "eth0",
		PeerNamespace: netlink.NsPid(pid),
	}
	if err := netlink.LinkAdd(pair); err != nil {
		return fmt.Errorf("create interface pair %s: %w", link.Interface, err)
	}
	host, err := netlink.NewHandle()
	if err != nil {
		return fmt.Errorf("configure %s: %w", link.Interface, err)
	}
	defer host.Close()
	if err := configure(host, link.Interface, link.Host, link.Subnet); err != nil {
		return err
	}
	return configureNode(link, pid)
}

func configureNode(link Link, pid int) error {
	namespace, err := netns.GetFromPid(pid)
	if err != nil {
		return fmt.Errorf("open the node's network namespace: %w", err)
	}
	defer func() { _ = namespace.Close() }()
	node, err := netlink.NewHandleAt(namespace)
	if err != nil {
		return fmt.Errorf("open the node's network namespace: %w", err)
	}
	defer node.Close()
	if err := up(node, "lo"); err != nil {
		return err
	}
	if err := configure(node, "eth0", link.Node, link.Subnet); err != nil {
		return err
	}
	if err := node.RouteAdd(&netlink.Route{Gw: link.Host.AsSlice()}); err != nil {
		return fmt.Errorf("add the node's default route: %w", err)
	}
	return nil
}

func configure(handle *netlink.Handle, name string, address netip.Addr, subnet netip.Prefix) error {
	found, err := handle.LinkByName(name)
	if err != nil {
		return fmt.Errorf("configure %s: %w", name, err)
	}
	network := &net.IPNet{IP: address.AsSlice(), Mask: net.CIDRMask(subnet.Bits(), 32)}
	if err := handle.AddrAdd(found, &netlink.Addr{IPNet: network}); err != nil {
		return fmt.Errorf("give %s the address %s: %w", name, network, err)
	}
	return up(handle, name)
}

func up(handle *netlink.Handle, name string) error {
	found, err := handle.LinkByName(name)
	if err != nil {
		return fmt.Errorf("bring %s up: %w", name, err)
	}
	if err := handle.LinkSetUp(found); err != nil {
		return fmt.Errorf("bring %s up: %w", name, err)
	}
	return nil
}
