package cluster

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/nodes"
	"github.com/zenml-installer/zenml-installer/checks/release"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// workloads are the pods that the install waits for: the server's and the
// migration job's.
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
		return "", noNodes(err)
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

// fit returns the nodes that take the pod, whatever room they have.
func fit(all []nodes.Node, w workload) []nodes.Node {
	return slices.DeleteFunc(slices.Clone(all), func(n nodes.Node) bool { return n.Refuses(w.spec) != "" })
}

// unfit says why no node takes the pod, the most frequent reasons first.
func unfit(nodes []nodes.Node, w workload) *check.Fault {
	if len(nodes) == 0 {
		return &check.Fault{Found: "the cluster has no nodes", Remedy: "add a node pool; where nodes come on demand: --warn-only cluster.nodes"}
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
		Found:  fmt.Sprintf("none of the %d nodes takes the pod of %s: %s", len(nodes), w.by, strings.Join(said, ", ")),
		Remedy: fitRemedy(reasons[0]),
	}
}

func fitRemedy(reason string) string {
	switch {
	case strings.HasPrefix(reason, "tainted "+fargate):
		return checkFargate // such a node is there for one pod alone
	case strings.HasPrefix(reason, "tainted"):
		return "let the pod tolerate it, as server: {tolerations: [{key: KEY, operator: Exists}]}, or remove the taint: kubectl taint nodes NODE KEY-"
	case reason == "cordoned":
		return "kubectl uncordon NODE"
	case strings.HasPrefix(reason, "not matched"):
		return "correct server.nodeSelector or server.affinity; the labels are shown by: kubectl get nodes --show-labels"
	case reason == "not ready":
		return "kubectl describe nodes; a node that is not ready says why under Conditions"
	}
	return "add a Linux node that takes it: kubectl get nodes -o wide"
}

var someNodesMemo = check.NewMemo[nodes.Survey]("some nodes")

// someNodes lists nodes until enough of those seen take every pod of the
// release, once. In most clusters that is the first page of many.
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

// enough tells whether so many nodes take each pod, and are large enough for
// it, that one of them likely has room.
func enough(seen []nodes.Node, pods []workload) bool {
	for _, w := range pods {
		wanted := requests(w.spec)
		fitting := slices.DeleteFunc(fit(seen, w), func(n nodes.Node) bool { return !wanted.fits(roomOf(n.Allocatable)) })
		if len(fitting) < fewNodes {
			return false
		}
	}
	return true
}

// noNodes makes the skip of a user who may not list nodes.
func noNodes(err error) error {
	if apierrors.IsForbidden(err) {
		return check.Skip("you may not list the cluster's nodes")
	}
	return err
}

// workload is a pod that the install makes, and which object makes it.
type workload struct {
	by   string // "Deployment zenml-server"
	spec corev1.PodSpec
}
