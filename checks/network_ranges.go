package checks

import (
	"context"
	"net/netip"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// clusterRanges finds where pods and Services have their addresses: the range
// of each node's pods, and the Services' own ranges where the cluster tells
// them (ServiceCIDR, from Kubernetes 1.33 on) or else the address of the
// Service kubernetes. What the user may not read is left out.
func (e *Env) clusterRanges(ctx context.Context) ([]netip.Prefix, error) {
	if e.Cluster == nil {
		return nil, nil
	}
	pods, err := e.podRanges(ctx)
	if err != nil {
		return nil, err
	}
	services, err := e.serviceRanges(ctx)
	return append(pods, services...), err
}

func (e *Env) podRanges(ctx context.Context) ([]netip.Prefix, error) {
	seen, err := e.allNodes(ctx)
	if apierrors.IsForbidden(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var ranges []netip.Prefix
	for _, n := range seen.nodes {
		ranges = appendRanges(ranges, n.podCIDRs)
	}
	return merged(ranges), nil
}

func (e *Env) serviceRanges(ctx context.Context) ([]netip.Prefix, error) {
	client, err := e.Cluster.Client()
	if err != nil {
		return nil, err
	}
	var ranges []netip.Prefix
	if found, err := client.NetworkingV1().ServiceCIDRs().List(ctx, metav1.ListOptions{}); err == nil {
		for _, r := range found.Items {
			ranges = appendRanges(ranges, r.Spec.CIDRs)
		}
		return ranges, nil
	}
	own, err := client.CoreV1().Services("default").Get(ctx, "kubernetes", metav1.GetOptions{})
	if apierrors.IsForbidden(err) || apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, kubeError(err)
	}
	for _, address := range own.Spec.ClusterIPs {
		if ip, err := netip.ParseAddr(address); err == nil {
			ranges = append(ranges, netip.PrefixFrom(ip, ip.BitLen()))
		}
	}
	return ranges, nil
}

func appendRanges(ranges []netip.Prefix, texts []string) []netip.Prefix {
	for _, text := range texts {
		if r, err := netip.ParsePrefix(text); err == nil {
			ranges = append(ranges, r.Masked())
		}
	}
	return ranges
}

// merged replaces the ranges of many nodes by the smallest range that holds
// those of one family: nobody lists thousands of them.
func merged(ranges []netip.Prefix) []netip.Prefix {
	var all []netip.Prefix
	for _, r := range ranges {
		i := slices.IndexFunc(all, func(a netip.Prefix) bool { return a.Addr().Is4() == r.Addr().Is4() })
		if i < 0 {
			all = append(all, r)
			continue
		}
		for !all[i].Contains(r.Addr()) {
			all[i] = netip.PrefixFrom(all[i].Addr(), all[i].Bits()-1).Masked()
		}
	}
	return all
}
