package cluster

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/nodes"
)

// room is a pod's requests or a node's free capacity: CPU in millicores, memory
// in bytes, and pods.
type room struct{ cpu, memory, pods int64 }

func (r room) fits(in room) bool {
	return r.cpu <= in.cpu && r.memory <= in.memory && r.pods <= in.pods
}

func (r room) String() string {
	if r.cpu == 0 && r.memory == 0 {
		return "nothing"
	}
	cpu, memory := resource.NewMilliQuantity(
		r.cpu,
		resource.DecimalSI,
	), resource.NewQuantity(
		r.memory,
		resource.BinarySI,
	)
	return fmt.Sprintf("%s CPU, %s memory", cpu, memory)
}

func roomOf(list corev1.ResourceList) room {
	return room{cpu: list.Cpu().MilliValue(), memory: list.Memory().Value(), pods: list.Pods().Value()}
}

// requests returns what the scheduler reserves for a pod: the larger of the sum
// of its containers and its largest init container, plus the overhead.
func requests(spec corev1.PodSpec) room {
	sum, first := room{pods: 1}, room{}
	for _, c := range spec.Containers {
		r := roomOf(c.Resources.Requests)
		sum.cpu, sum.memory = sum.cpu+r.cpu, sum.memory+r.memory
	}
	for _, c := range spec.InitContainers {
		r := roomOf(c.Resources.Requests)
		if c.RestartPolicy != nil { // a native sidecar runs alongside the containers
			sum.cpu, sum.memory = sum.cpu+r.cpu, sum.memory+r.memory
			continue
		}
		first.cpu, first.memory = max(first.cpu, r.cpu), max(first.memory, r.memory)
	}
	over := roomOf(spec.Overhead)
	return room{cpu: max(sum.cpu, first.cpu) + over.cpu, memory: max(sum.memory, first.memory) + over.memory, pods: 1}
}

func checkCapacity(ctx context.Context, e *check.Env) (string, error) {
	r, err := e.Render(ctx)
	if err != nil {
		return "", err
	}
	seen, err := someNodes(ctx, e)
	if err != nil {
		return "", skipIfForbidden(err)
	}
	found := ""
	for _, w := range workloads(r.Objects) {
		wanted := requests(w.spec)
		name, err := roomFor(ctx, e, w, wanted, fit(seen.Nodes, w))
		if err != nil {
			return "", err
		}
		found = fmt.Sprintf("%s requested, which fits on %s", wanted, name)
	}
	return found, nil
}

// fewNodes is how many nodes' pods are listed separately before all pods of the
// cluster are listed.
const fewNodes = 5

// roomFor returns a node with enough room left.
func roomFor(ctx context.Context, e *check.Env, w workload, wanted room, nodes []nodes.Node) (string, error) {
	large := largeEnough(nodes, wanted)
	if len(large) == 0 {
		return "", unlessOnDemand(ctx, e, tooSmall(w, wanted, nodes)) // all nodes were listed
	}
	for _, n := range large[:min(fewNodes, len(large))] {
		used, err := usedOn(ctx, e, n.Name)
		if err != nil {
			return "", err
		}
		if wanted.fits(roomLeft(n, used)) {
			return n.Name, nil
		}
	}
	return roomAnywhere(ctx, e, w, wanted)
}

// largeEnough returns the nodes that would have enough room if they were empty,
// largest first. It sorts all in place.
func largeEnough(all []nodes.Node, wanted room) []nodes.Node {
	slices.SortStableFunc(all, func(a, b nodes.Node) int {
		return cmp.Or(
			b.Allocatable.Memory().Cmp(*a.Allocatable.Memory()),
			b.Allocatable.Cpu().Cmp(*a.Allocatable.Cpu()),
		)
	})
	return slices.DeleteFunc(slices.Clone(all), func(n nodes.Node) bool { return !wanted.fits(roomOf(n.Allocatable)) })
}

func roomAnywhere(ctx context.Context, e *check.Env, w workload, wanted room) (string, error) {
	seen, err := nodes.All(ctx, e)
	if err != nil {
		return "", err
	}
	large := largeEnough(fit(seen.Nodes, w), wanted)
	used, err := usedEverywhere(ctx, e)
	if err != nil {
		return "", err
	}
	for _, n := range large {
		if wanted.fits(roomLeft(n, used[n.Name])) {
			return n.Name, nil
		}
	}
	fault := &check.Fault{
		Summary: fmt.Sprintf("no node has room for the pod of %s, which requests %s: %d nodes are large enough but "+
			"full",
			w.by, wanted, len(large)),
		Remedy: "add a node, or lower server.resources.requests; " +
			"if an autoscaler adds nodes: --warn-only cluster.capacity",
	}
	return "", unlessOnDemand(ctx, e, fault)
}

func tooSmall(w workload, wanted room, nodes []nodes.Node) *check.Fault {
	fault := &check.Fault{
		Summary: fmt.Sprintf("no node is large enough for the pod of %s, which requests %s", w.by, wanted),
		Remedy: "lower server.resources.requests, or add a larger node; " +
			"if an autoscaler adds larger nodes: --warn-only cluster.capacity",
	}
	if len(nodes) > 0 {
		fault.Summary += fmt.Sprintf("; the largest node, %s, has %s", nodes[0].Name, roomOf(nodes[0].Allocatable))
	}
	return fault
}

func roomLeft(n nodes.Node, used room) room {
	all := roomOf(n.Allocatable)
	return room{cpu: all.cpu - used.cpu, memory: all.memory - used.memory, pods: all.pods - used.pods}
}

var podsOnNodeMemo = check.NewMemo[room]("pods on")

// usedOn adds up the requests of the pods of one node.
func usedOn(ctx context.Context, e *check.Env, name string) (room, error) {
	return podsOnNodeMemo.For(name).Get(ctx, e, func(ctx context.Context) (room, error) {
		used, err := used(ctx, e, fields.OneTermEqualSelector("spec.nodeName", name))
		return used[name], err
	})
}

var allPodsMemo = check.NewMemo[map[string]room]("pods everywhere")

// usedEverywhere adds up the requests of the pods of each node.
func usedEverywhere(ctx context.Context, e *check.Env) (map[string]room, error) {
	return allPodsMemo.Get(ctx, e, func(ctx context.Context) (map[string]room, error) {
		return used(ctx, e, fields.OneTermNotEqualSelector("spec.nodeName", ""))
	})
}

func used(ctx context.Context, e *check.Env, which fields.Selector) (map[string]room, error) {
	client, err := nodes.CompactClient(ctx, e)
	if err != nil {
		return nil, err
	}
	used := map[string]room{}
	options := metav1.ListOptions{Limit: nodes.PageSize, FieldSelector: fields.AndSelectors(which,
		fields.OneTermNotEqualSelector("status.phase", string(corev1.PodSucceeded)),
		fields.OneTermNotEqualSelector("status.phase", string(corev1.PodFailed))).String()}
	for {
		page, err := client.CoreV1().Pods(metav1.NamespaceAll).List(ctx, options)
		if apierrors.IsForbidden(err) {
			return nil, check.Skip("you cannot list the pods of all namespaces; " +
				"the nodes are large enough, but whether they have room left is unknown")
		}
		if err != nil {
			return nil, check.KubeError(err)
		}
		for i := range page.Items {
			spec := page.Items[i].Spec
			r, sum := requests(spec), used[spec.NodeName]
			used[spec.NodeName] = room{cpu: sum.cpu + r.cpu, memory: sum.memory + r.memory, pods: sum.pods + r.pods}
		}
		if options.Continue = page.Continue; options.Continue == "" {
			return used, nil
		}
	}
}
