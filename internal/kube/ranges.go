package kube

import (
	"context"
	"net/netip"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// Ranges returns the address ranges of Services and pods that the user can read. Only
// the end of ctx is an error.
func (a *Access) Ranges(ctx context.Context) ([]string, error) {
	client, err := a.Client()
	if err != nil {
		return nil, err
	}
	ranges, _ := ServiceRanges(ctx, client) // unreadable ranges are left out
	var podCIDRs []string
	if nodes, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{Limit: 500}); err == nil {
		for _, n := range nodes.Items {
			podCIDRs = append(podCIDRs, n.Spec.PodCIDRs...)
		}
	}
	var found []string
	for _, r := range append(ranges, PodRanges(podCIDRs)...) {
		found = append(found, r.String())
	}
	slices.Sort(found)
	return slices.Compact(found), context.Cause(ctx)
}

// ServiceRanges returns the address ranges of Services: those of the ServiceCIDR
// objects (Kubernetes 1.33 and newer), or else the address of the Service kubernetes.
// Without permission it returns none.
func ServiceRanges(ctx context.Context, client kubernetes.Interface) ([]netip.Prefix, error) {
	if found, err := client.NetworkingV1().ServiceCIDRs().List(ctx, metav1.ListOptions{Limit: 50}); err == nil {
		var cidrs []string
		for _, r := range found.Items {
			cidrs = append(cidrs, r.Spec.CIDRs...)
		}
		return parseRanges(cidrs), nil
	}
	service, err := client.CoreV1().Services("default").Get(ctx, "kubernetes", metav1.GetOptions{})
	if apierrors.IsForbidden(err) || apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var ranges []netip.Prefix
	for _, address := range service.Spec.ClusterIPs {
		if ip, err := netip.ParseAddr(address); err == nil {
			ranges = append(ranges, netip.PrefixFrom(ip, ip.BitLen()))
		}
	}
	return ranges, nil
}

// PodRanges returns one range for each address family that covers the pod CIDRs of all
// nodes.
func PodRanges(podCIDRs []string) []netip.Prefix {
	ranges := parseRanges(podCIDRs)
	var covers []netip.Prefix
	for _, is4 := range []bool{true, false} {
		family := slices.DeleteFunc(slices.Clone(ranges), func(r netip.Prefix) bool { return r.Addr().Is4() != is4 })
		if r, ok := cover(family); ok {
			covers = append(covers, r)
		}
	}
	return covers
}

func parseRanges(cidrs []string) []netip.Prefix {
	var ranges []netip.Prefix
	for _, cidr := range cidrs {
		if r, err := netip.ParsePrefix(cidr); err == nil {
			ranges = append(ranges, r.Masked())
		}
	}
	return ranges
}

// cover returns the smallest prefix that contains all of them; none if it would be
// wider than a /8, which no cluster uses.
func cover(all []netip.Prefix) (netip.Prefix, bool) {
	if len(all) == 0 {
		return netip.Prefix{}, false
	}
	for bits := all[0].Bits(); bits >= 8; bits-- {
		p, err := all[0].Addr().Prefix(bits)
		outside := func(o netip.Prefix) bool { return o.Bits() < bits || !p.Contains(o.Addr()) }
		if err == nil && !slices.ContainsFunc(all, outside) {
			return p, true
		}
	}
	return netip.Prefix{}, false
}
