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
		return "", check.Skip("the host is not known yet: %v", err)
	}
	d, doorErr := findEntrypoint(ctx, e)
	found, err := addressesOf(ctx, e, host)
	if err != nil {
		return "", hostUnresolved(ctx, e, host, d, err)
	}
	here := host + " is " + listAddresses(found)
	if doorErr != nil || len(d.addresses) == 0 {
		return here + "; whether that is the controller's address is not known before it has one", nil //nolint:nilerr // expose.controller reports it
	}
	want, err := doorAddresses(ctx, e, d)
	if err != nil {
		return "", err
	}
	if slices.ContainsFunc(found, func(a netip.Addr) bool { return slices.Contains(want, a) }) {
		return here, nil
	}
	return "", &check.Fault{Found: fmt.Sprintf("%s, and %s is at %s", here, d.name, check.JoinAnd(d.addresses)),
		Remedy: dnsRecord(host, d) + "\nWhere a proxy or a content network stands in front on purpose: --warn-only expose.dns"}
}

// addressesOf looks up a name in the user's name server.
func addressesOf(ctx context.Context, e *check.Env, host string) ([]netip.Addr, error) {
	ctx, cancel := context.WithTimeout(ctx, check.DialLimit)
	defer cancel()
	found, err := e.Resolver.LookupNetIP(ctx, "ip", host)
	for i := range found {
		found[i] = found[i].Unmap()
	}
	return found, err
}

// doorAddresses are the way in's addresses, its names looked up.
func doorAddresses(ctx context.Context, e *check.Env, d entrypoint) ([]netip.Addr, error) {
	var all []netip.Addr
	for _, a := range d.addresses {
		if ip, err := netip.ParseAddr(a); err == nil {
			all = append(all, ip.Unmap())
			continue
		}
		found, err := addressesOf(ctx, e, a)
		if err != nil {
			return nil, check.Transient(fmt.Errorf("%s, the load balancer of %s, does not resolve: %w", a, d.name, err))
		}
		all = append(all, found...)
	}
	return all, nil
}

func hostUnresolved(ctx context.Context, e *check.Env, host string, d entrypoint, err error) error {
	var dns *net.DNSError
	if !errors.As(err, &dns) || !dns.IsNotFound {
		return check.Transient(&check.Fault{Found: fmt.Sprintf("%s: the name server gives no answer: %v", host, err), Remedy: "try again, or look at this machine's name servers: nslookup " + host, Cause: err})
	}
	fault := &check.Fault{Found: "there is no host " + host, Remedy: dnsRecord(host, d), Cause: err}
	switch {
	case e.Answers.Expose.Host.NipIO:
		fault.Found += ": this machine's name server hides nip.io, as some do with names for private addresses"
		fault.Remedy = "allow nip.io in the name server (rebind protection), or: expose: {host: zenml.example.com}"
	case len(d.addresses) == 0:
		fault.Warn = true
		fault.Found += " yet, and " + cmp.Or(d.name, "the controller") + " has no address before the install to point it to"
	case externalDNS(ctx, e):
		fault.Warn = true
		fault.Found += " yet; external-dns runs in this cluster and may make it"
		fault.Remedy = "see that external-dns serves the domain; else: " + fault.Remedy
	}
	return fault
}

// dnsRecord says which DNS record leads a host to the way in.
func dnsRecord(host string, d entrypoint) string {
	if len(d.addresses) == 0 {
		return "make a DNS record for " + host + " as soon as the address is known: kubectl get ingress -A"
	}
	kind := "CNAME"
	if ip, err := netip.ParseAddr(d.addresses[0]); err == nil {
		kind = map[bool]string{true: "A", false: "AAAA"}[ip.Unmap().Is4()]
	}
	return fmt.Sprintf("make a DNS record: %s. %s %s", host, kind, d.addresses[0])
}

// externalDNS tells whether a pod of external-dns is there.
func externalDNS(ctx context.Context, e *check.Env) bool {
	client, err := e.Cluster.Client()
	if err != nil {
		return false
	}
	pods, err := client.CoreV1().Pods("").List(ctx, metav1.ListOptions{LabelSelector: appName + "external-dns", Limit: 1})
	return err == nil && len(pods.Items) > 0
}

func listAddresses(all []netip.Addr) string {
	var texts []string
	for _, a := range all {
		texts = append(texts, a.String())
	}
	return strings.Join(texts, ", ")
}
