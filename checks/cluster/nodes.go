package cluster

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/nodes"
	"github.com/zenml-installer/zenml-installer/checks/release"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// workloads returns the pods that the install waits for: the server and the
// migration.
func workloads(objects []manifest.Object) []workload {
	var all []workload
	for _, o := range objects {
		if spec, ok := release.PodSpec(o); ok && !o.Test() {
			all = append(all, workload{by: o.GetKind() + " " + o.GetName(), spec: spec})
		}
	}
	return all
}

func checkNodes(ctx context.Context, e *check.Env) (string, error) {
	r, err := e.Render(ctx)
	if err != nil {
		return "", err
	}
	seen, err := someNodes(ctx, e)
	if err != nil {
		return "", skipIfForbidden(err)
	}
	nodes, fewest := seen.Nodes, len(seen.Nodes)
	for _, w := range workloads(r.Objects) {
		fitting := fit(nodes, w)
		if len(fitting) == 0 {
			return "", unlessOnDemand(ctx, e, unfit(nodes, w))
		}
		fewest = min(fewest, len(fitting))
	}
	if seen.Total > len(nodes) {
		return fmt.Sprintf("%d of the first %d nodes, of %d", fewest, len(nodes), seen.Total), nil
	}
	return fmt.Sprintf("%d of %d nodes", fewest, len(nodes)), nil
}

// fit returns the nodes that accept the pod, regardless of their free room.
func fit(all []nodes.Node, w workload) []nodes.Node {
	return slices.DeleteFunc(slices.Clone(all), func(n nodes.Node) bool { return n.Refuses(w.spec) != "" })
}

// unfit explains why no node accepts the pod, most frequent reason first.
func unfit(nodes []nodes.Node, w workload) *check.Fault {
	if len(nodes) == 0 {
		return &check.Fault{
			Summary: "the cluster has no nodes",
			Remedy:  "add a node pool; if nodes are created on demand: --warn-only cluster.nodes",
		}
	}
	count := map[string]int{}
	for _, n := range nodes {
		count[n.Refuses(w.spec)]++
	}
	reasons := slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b))
	})
	const most = 4
	var said []string
	for _, reason := range reasons[:min(most, len(reasons))] {
		said = append(said, fmt.Sprintf("%d %s", count[reason], reason))
	}
	return &check.Fault{
		Summary: fmt.Sprintf(
			"none of the %d nodes can run the pod of %s: %s",
			len(nodes),
			w.by,
			strings.Join(said, ", "),
		),
		Remedy: fitRemedy(reasons[0]),
	}
}

func fitRemedy(reason string) string {
	switch {
	case strings.HasPrefix(reason, "tainted "+fargate):
		return checkFargate // such a node runs one pod only
	case strings.HasPrefix(reason, "tainted"):
		return "tolerate the taint: server: {tolerations: [{key: KEY, operator: Exists}]}" +
			"\nor remove it: kubectl taint nodes NODE KEY-"
	case reason == "cordoned":
		return "make a node schedulable again: kubectl uncordon NODE"
	case strings.HasPrefix(reason, "not matched"):
		return "fix server.nodeSelector or server.affinity; list the labels with kubectl get nodes --show-labels"
	case reason == "not ready":
		return "see the Conditions of the nodes: kubectl describe nodes"
	}
	return "add a Linux node; list the nodes with kubectl get nodes -o wide"
}

var someNodesMemo = check.NewMemo[nodes.Survey]("some nodes")

// someNodes lists nodes until enough of them accept every pod of the release.
// In most clusters the first page suffices.
func someNodes(ctx context.Context, e *check.Env) (nodes.Survey, error) {
	return someNodesMemo.Get(ctx, e, func(ctx context.Context) (nodes.Survey, error) {
		r, err := e.Render(ctx)
		if err != nil {
			return nodes.Survey{}, err
		}
		pods := workloads(r.Objects)
		return nodes.List(ctx, e, func(seen []nodes.Node) bool { return enough(seen, pods) })
	})
}

// enough reports whether so many nodes accept each pod and are large enough for
// it that one of them likely has room.
func enough(seen []nodes.Node, pods []workload) bool {
	for _, w := range pods {
		wanted := requests(w.spec)
		isTooSmall := func(n nodes.Node) bool { return !wanted.fits(roomOf(n.Allocatable)) }
		fitting := slices.DeleteFunc(fit(seen, w), isTooSmall)
		if len(fitting) < fewNodes {
			return false
		}
	}
	return true
}

// skipIfForbidden turns a missing permission to list nodes into a skip.
func skipIfForbidden(err error) error {
	if apierrors.IsForbidden(err) {
		return check.Skip("you cannot list the cluster's nodes")
	}
	return err
}

// workload is a pod that the install creates, and the object that owns it.
type workload struct {
	by   string // "Deployment zenml-server"
	spec corev1.PodSpec
}
