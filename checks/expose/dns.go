package expose

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

func checkDNS(ctx context.Context, e *check.Env) (string, error) {
	host, err := routeHost(ctx, e)
	if err != nil {
		return "", check.Skip("the host is unknown until the controller has an address: %v", err)
	}
	d, entrypointErr := findEntrypoint(ctx, e)
	found, err := addressesOf(ctx, e, host)
	if err != nil {
		return "", hostUnresolved(ctx, e, host, d, err)
	}
	here := host + " resolves to " + listAddresses(found)
	if entrypointErr != nil || len(d.addresses) == 0 {
		here += "; the controller has no address yet to compare"
		return here, nil //nolint:nilerr // expose.controller reports it
	}
	want, err := entrypointAddresses(ctx, e, d)
	if err != nil {
		return "", err
	}
	if slices.ContainsFunc(found, func(a netip.Addr) bool { return slices.Contains(want, a) }) {
		return here, nil
	}
	return "", &check.Fault{
		Warn:    true, // a CDN, a proxy or NAT in front has an address of its own
		Summary: fmt.Sprintf("%s, but %s has the address %s", here, d.name, check.JoinAnd(d.addresses)),
		Reason:  "unless a CDN, a proxy or NAT is in front of the controller, nobody reaches the server at the host",
		Remedy: "if nothing is in front of the controller, " + dnsRecord(host, d) +
			"\notherwise nothing to do: it must forward requests for " + host + " to the controller",
	}
}

// addressesOf resolves a name with this machine's DNS.
func addressesOf(ctx context.Context, e *check.Env, host string) ([]netip.Addr, error) {
	ctx, cancel := context.WithTimeout(ctx, check.DialLimit)
	defer cancel()
	found, err := e.Resolver.LookupNetIP(ctx, "ip", host)
	for i := range found {
		found[i] = found[i].Unmap()
	}
	return found, err
}

// entrypointAddresses returns the entrypoint's IP addresses, with names resolved.
func entrypointAddresses(ctx context.Context, e *check.Env, d entrypoint) ([]netip.Addr, error) {
	var all []netip.Addr
	for _, a := range d.addresses {
		if ip, err := netip.ParseAddr(a); err == nil {
			all = append(all, ip.Unmap())
			continue
		}
		found, err := addressesOf(ctx, e, a)
		if err != nil {
			return nil, check.Transient(fmt.Errorf("cannot resolve %s, the load balancer of %s: %w", a, d.name, err))
		}
		all = append(all, found...)
	}
	return all, nil
}

func hostUnresolved(ctx context.Context, e *check.Env, host string, d entrypoint, err error) error {
	var dns *net.DNSError
	if !errors.As(err, &dns) || !dns.IsNotFound {
		return check.Transient(
			&check.Fault{
				Summary: fmt.Sprintf("cannot resolve %s: %s", host, check.Reason(err)),
				Remedy:  "try again, or check this machine's DNS: nslookup " + host,
				Err:     err,
			},
		)
	}
	fault := &check.Fault{Summary: "cannot resolve " + host + ": no such host", Remedy: dnsRecord(host, d), Err: err}
	switch {
	case e.Answers.Expose.Host.NipIO:
		fault.Summary += "; this machine's DNS server hides nip.io names with private addresses"
		fault.Remedy = "allow nip.io in the DNS server (rebind protection), or set expose: {host: zenml.example.com}"
	case len(d.addresses) == 0:
		fault.Warn = true
		fault.Summary += " yet; " + cmp.Or(d.name, "the controller") + " has no address before the install"
	case check.IsPrivateName(host) || isPrivate(d):
		fault.Warn = true
		fault.Summary += "; the name or the controller is private, so the record may exist in a private network only"
		fault.Remedy = "where the users are, run: nslookup " + host + "\nif it does not resolve there, " + fault.Remedy
	case externalDNS(ctx, e):
		fault.Warn = true
		fault.Summary += " yet; external-dns runs in this cluster and may create it"
		fault.Remedy = "make sure that external-dns manages the domain; otherwise " + fault.Remedy
	}
	return fault
}

// isPrivate reports whether all addresses of the entrypoint are private.
func isPrivate(d entrypoint) bool {
	return len(d.addresses) > 0 && !slices.ContainsFunc(d.addresses, func(a string) bool {
		ip, err := netip.ParseAddr(a)
		return err != nil || !check.IsPrivateAddress(ip.Unmap())
	})
}

// dnsRecord returns the DNS record that the host needs.
func dnsRecord(host string, d entrypoint) string {
	if len(d.addresses) == 0 {
		resource := "ingress"
		if strings.HasPrefix(d.name, "Gateway ") {
			resource = "gateways"
		}
		return "after the install, create a DNS record for " + host + " with the address of: kubectl get " + resource + " -A"
	}
	kind := "CNAME"
	if ip, err := netip.ParseAddr(d.addresses[0]); err == nil {
		kind = map[bool]string{true: "A", false: "AAAA"}[ip.Unmap().Is4()]
	}
	return fmt.Sprintf("create a DNS record: %s. %s %s", host, kind, d.addresses[0])
}

// externalDNS reports whether external-dns runs in the cluster.
func externalDNS(ctx context.Context, e *check.Env) bool {
	client, err := e.Cluster.Client()
	if err != nil {
		return false
	}
	pods, err := client.CoreV1().Pods("").List(ctx,
		metav1.ListOptions{LabelSelector: appName + "external-dns", Limit: 1})
	return err == nil && len(pods.Items) > 0
}

func listAddresses(all []netip.Addr) string {
	var texts []string
	for _, a := range all {
		texts = append(texts, a.String())
	}
	return strings.Join(texts, ", ")
}
