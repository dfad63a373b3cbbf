package network

import (
	"context"
	"net/netip"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/nodes"
	"github.com/zenml-installer/zenml-installer/internal/kube"
)

// clusterRanges returns the address ranges of pods and Services that the user can
// read; none without a cluster.
func clusterRanges(ctx context.Context, e *check.Env) ([]netip.Prefix, error) {
	if e.Cluster == nil {
		return nil, nil
	}
	pods, err := podRanges(ctx, e)
	if err != nil {
		return nil, err
	}
	client, err := e.Cluster.Client()
	if err != nil {
		return nil, err
	}
	services, err := kube.ServiceRanges(ctx, client)
	return append(pods, services...), check.KubeError(err)
}

func podRanges(ctx context.Context, e *check.Env) ([]netip.Prefix, error) {
	seen, err := nodes.All(ctx, e)
	if apierrors.IsForbidden(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var cidrs []string
	for _, n := range seen.Nodes {
		cidrs = append(cidrs, n.PodCIDRs...)
	}
	return kube.PodRanges(cidrs), nil
}
