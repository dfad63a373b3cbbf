package network

import (
	"context"
	"net/netip"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/nodes"
)

// clusterRanges finds where pods and Services have their addresses: the range
// of each node's pods, and the Services' own ranges where the cluster tells
// them (ServiceCIDR, from Kubernetes 1.33 on) or else the address of the
// Service kubernetes. What the user may not read is left out.
func clusterRanges(ctx context.Context, e *check.Env) ([]netip.Prefix, error) {
	if e.Cluster == nil {
		return nil, nil
	}
	pods, err := podRanges(ctx, e)
	if err != nil {
		return nil, err
	}
	services, err := serviceRanges(ctx, e)
	return append(pods, services...), err
}

func podRanges(ctx context.Context, e *check.Env) ([]netip.Prefix, error) {
	seen, err := nodes.All(ctx, e)
	if apierrors.IsForbidden(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var ranges []netip.Prefix
	for _, n := range seen.Nodes {
		ranges = appendRanges(ranges, n.PodCIDRs)
	}
	return merged(ranges), nil
}

func serviceRanges(ctx context.Context, e *check.Env) ([]netip.Prefix, error) {
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
		return nil, check.KubeError(err)
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
