// Package nodes lists the nodes of the cluster and decides which of them accept a
// pod, for several groups of checks.
package nodes

import (
	"context"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// firstPage is small, because the first page is usually enough.
const firstPage = 100

// PageSize is the page size of a list: a page of nodes with their images has a few
// megabytes.
const PageSize = 500

// Node is the part of a node that the checks need: a cluster may have thousands.
type Node struct {
	Name        string
	Labels      map[string]string
	Taints      []corev1.Taint
	Ready       bool
	Cordoned    bool
	Allocatable corev1.ResourceList
	PodCIDRs    []string
}

// Survey is a list of nodes, possibly partial.
type Survey struct {
	Nodes []Node
	Total int // in the cluster, including those not listed
}

var allNodesMemo = check.NewMemo[Survey]("all nodes")

// All lists every node, once.
func All(ctx context.Context, e *check.Env) (Survey, error) {
	return allNodesMemo.Get(ctx, e, func(ctx context.Context) (Survey, error) {
		return List(ctx, e, func([]Node) bool { return false })
	})
}

// List lists nodes, page by page, until done returns true.
func List(ctx context.Context, e *check.Env, done func([]Node) bool) (Survey, error) {
	client, err := CompactClient(ctx, e)
	if err != nil {
		return Survey{}, err
	}
	var found Survey
	options := metav1.ListOptions{Limit: firstPage}
	for {
		page, err := client.CoreV1().Nodes().List(ctx, options)
		if err != nil {
			return Survey{}, check.KubeError(err)
		}
		for i := range page.Items {
			found.Nodes = append(found.Nodes, brief(&page.Items[i]))
		}
		found.Total = len(found.Nodes)
		if page.RemainingItemCount != nil {
			found.Total += int(*page.RemainingItemCount)
		}
		if page.Continue == "" || done(found.Nodes) {
			return found, nil
		}
		options.Continue, options.Limit = page.Continue, PageSize
	}
}

var compactClientMemo = check.NewMemo[kubernetes.Interface]("compact client")

// CompactClient returns a client that uses protobuf: large lists need a third of
// the time and the memory of JSON.
func CompactClient(ctx context.Context, e *check.Env) (kubernetes.Interface, error) {
	return compactClientMemo.Get(ctx, e, func(context.Context) (kubernetes.Interface, error) {
		config, err := e.Cluster.Config()
		if err != nil {
			return nil, err
		}
		config = rest.CopyConfig(config)
		config.ContentType = "application/vnd.kubernetes.protobuf"
		config.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
		return kubernetes.NewForConfig(config)
	})
}

func brief(n *corev1.Node) Node {
	b := Node{
		Name: n.Name, Labels: maps.Clone(n.Labels),
		Taints: slices.Clone(n.Spec.Taints), Cordoned: n.Spec.Unschedulable,
		PodCIDRs: slices.Clone(n.Spec.PodCIDRs), Allocatable: corev1.ResourceList{},
	}
	for _, c := range n.Status.Conditions {
		if c.Type == corev1.NodeReady {
			b.Ready = c.Status == corev1.ConditionTrue
		}
	}
	for _, r := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourcePods} {
		b.Allocatable[r] = n.Status.Allocatable[r]
	}
	return b
}
