package kube

import (
	"context"
	"net/netip"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Ranges returns the cluster's own address ranges as far as this user may see
// them: the Services' (ServiceCIDR objects, Kubernetes 1.33 and newer) and one
// that covers the pods' (podCIDR of the nodes). What cannot be read is left
// out; only the end of ctx is an error.
func (a *Access) Ranges(ctx context.Context) ([]string, error) {
	client, err := a.Client()
	if err != nil {
		return nil, err
	}
	var found []string
	if services, err := client.NetworkingV1().ServiceCIDRs().List(ctx, metav1.ListOptions{Limit: 50}); err == nil {
		for _, s := range services.Items {
			found = append(found, s.Spec.CIDRs...)
		}
	}
	var pods []netip.Prefix
	if nodes, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{Limit: 500}); err == nil {
		for _, n := range nodes.Items {
			if p, err := netip.ParsePrefix(n.Spec.PodCIDR); err == nil && p.Addr().Is4() {
				pods = append(pods, p)
			}
		}
	}
	if p, ok := cover(pods); ok {
		found = append(found, p.String())
	}
	slices.Sort(found)
	return slices.Compact(found), context.Cause(ctx)
}

// cover returns the smallest prefix that holds all of them; none when that
// would be wider than a /8, which is no cluster's own range.
func cover(all []netip.Prefix) (netip.Prefix, bool) {
	if len(all) == 0 {
		return netip.Prefix{}, false
	}
	for bits := all[0].Bits(); bits >= 8; bits-- {
		p, err := all[0].Addr().Prefix(bits)
		if err == nil && !slices.ContainsFunc(all, func(o netip.Prefix) bool { return o.Bits() < bits || !p.Contains(o.Addr()) }) {
			return p, true
		}
	}
	return netip.Prefix{}, false
}
