package checks

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
)

// room is what a pod asks for, or what a node has left: CPU in thousandths of
// a core, memory in bytes, and pods.
type room struct{ cpu, memory, pods int64 }

func (r room) fits(in room) bool {
	return r.cpu <= in.cpu && r.memory <= in.memory && r.pods <= in.pods
}

func (r room) String() string {
	if r.cpu == 0 && r.memory == 0 {
		return "nothing"
	}
	return fmt.Sprintf("%s CPU, %s memory", resource.NewMilliQuantity(r.cpu, resource.DecimalSI), resource.NewQuantity(r.memory, resource.BinarySI))
}

func roomOf(list corev1.ResourceList) room {
	return room{cpu: list.Cpu().MilliValue(), memory: list.Memory().Value(), pods: list.Pods().Value()}
}

// requests is what the scheduler sets aside for a pod: the sum of its
// containers, or its largest init container, and the overhead.
func requests(spec corev1.PodSpec) room {
	sum, first := room{pods: 1}, room{}
	for _, c := range spec.Containers {
		r := roomOf(c.Resources.Requests)
		sum.cpu, sum.memory = sum.cpu+r.cpu, sum.memory+r.memory
	}
	for _, c := range spec.InitContainers {
		r := roomOf(c.Resources.Requests)
		if c.RestartPolicy != nil { // a sidecar runs beside the containers
			sum.cpu, sum.memory = sum.cpu+r.cpu, sum.memory+r.memory
			continue
		}
		first.cpu, first.memory = max(first.cpu, r.cpu), max(first.memory, r.memory)
	}
	over := roomOf(spec.Overhead)
	return room{cpu: max(sum.cpu, first.cpu) + over.cpu, memory: max(sum.memory, first.memory) + over.memory, pods: 1}
}

func clusterCapacity(ctx context.Context, e *Env) (string, error) {
	r, err := e.rendered(ctx)
	if err != nil {
		return "", err
	}
	seen, err := e.someNodes(ctx)
	if err != nil {
		return "", noNodes(err)
	}
	found := ""
	for _, w := range workloads(r.Objects) {
		wanted := requests(w.spec)
		name, err := e.roomFor(ctx, w, wanted, fit(seen.nodes, w))
		if err != nil {
			return "", err
		}
		found = fmt.Sprintf("%s is requested, and fits on %s", wanted, name)
	}
	return found, nil
}

// fewNodes is for how many nodes the pods are asked for one by one, before
// those of the whole cluster are listed.
const fewNodes = 5

// roomFor returns a node that has the room left.
func (e *Env) roomFor(ctx context.Context, w workload, wanted room, nodes []node) (string, error) {
	large := largeEnough(nodes, wanted)
	if len(large) == 0 {
		return "", e.unlessOnDemand(ctx, tooSmall(w, wanted, nodes)) // all nodes were seen, or there were enough
	}
	for _, n := range large[:min(fewNodes, len(large))] {
		used, err := e.usedOn(ctx, n.name)
		if err != nil {
			return "", err
		}
		if wanted.fits(roomLeft(n, used)) {
			return n.name, nil
		}
	}
	return e.roomAnywhere(ctx, w, wanted)
}

// largeEnough returns the nodes that would have the room if they were empty,
// the largest first. It sorts all.
func largeEnough(all []node, wanted room) []node {
	slices.SortStableFunc(all, func(a, b node) int {
		return -cmp.Or(cmp.Compare(a.allocatable.Memory().Value(), b.allocatable.Memory().Value()), cmp.Compare(a.allocatable.Cpu().MilliValue(), b.allocatable.Cpu().MilliValue()))
	})
	return slices.DeleteFunc(slices.Clone(all), func(n node) bool { return !wanted.fits(roomOf(n.allocatable)) })
}

func (e *Env) roomAnywhere(ctx context.Context, w workload, wanted room) (string, error) {
	seen, err := e.allNodes(ctx)
	if err != nil {
		return "", err
	}
	large := largeEnough(fit(seen.nodes, w), wanted)
	used, err := e.usedEverywhere(ctx)
	if err != nil {
		return "", err
	}
	for _, n := range large {
		if wanted.fits(roomLeft(n, used[n.name])) {
			return n.name, nil
		}
	}
	fault := &Fault{
		Found:  fmt.Sprintf("no node has room for the pod of %s, which requests %s: %d would be large enough, but are full", w.by, wanted, len(large)),
		Remedy: "add a node, or lower server.resources.requests; where an autoscaler adds nodes: --warn-only cluster.capacity",
	}
	return "", e.unlessOnDemand(ctx, fault)
}

func tooSmall(w workload, wanted room, nodes []node) *Fault {
	fault := &Fault{
		Found:  fmt.Sprintf("no node is large enough for the pod of %s, which requests %s", w.by, wanted),
		Remedy: "lower server.resources.requests, or add a larger node; where an autoscaler adds larger ones: --warn-only cluster.capacity",
	}
	if len(nodes) > 0 {
		fault.Found += fmt.Sprintf("; the largest, %s, has %s", nodes[0].name, roomOf(nodes[0].allocatable))
	}
	return fault
}

func roomLeft(n node, used room) room {
	all := roomOf(n.allocatable)
	return room{cpu: all.cpu - used.cpu, memory: all.memory - used.memory, pods: all.pods - used.pods}
}

var podsOnNodeMemo = NewMemo[room]("pods on")

// usedOn adds up what the pods of one node request.
func (e *Env) usedOn(ctx context.Context, name string) (room, error) {
	return podsOnNodeMemo.For(name).Get(ctx, e, func(ctx context.Context) (room, error) {
		used, err := e.used(ctx, fields.OneTermEqualSelector("spec.nodeName", name))
		return used[name], err
	})
}

var allPodsMemo = NewMemo[map[string]room]("pods everywhere")

// usedEverywhere adds up what the pods of each node request.
func (e *Env) usedEverywhere(ctx context.Context) (map[string]room, error) {
	return allPodsMemo.Get(ctx, e, func(ctx context.Context) (map[string]room, error) {
		return e.used(ctx, fields.OneTermNotEqualSelector("spec.nodeName", ""))
	})
}

func (e *Env) used(ctx context.Context, which fields.Selector) (map[string]room, error) {
	client, err := e.compactClient(ctx)
	if err != nil {
		return nil, err
	}
	used := map[string]room{}
	options := metav1.ListOptions{Limit: pageSize, FieldSelector: fields.AndSelectors(which,
		fields.OneTermNotEqualSelector("status.phase", string(corev1.PodSucceeded)),
		fields.OneTermNotEqualSelector("status.phase", string(corev1.PodFailed))).String()}
	for {
		page, err := client.CoreV1().Pods(metav1.NamespaceAll).List(ctx, options)
		if apierrors.IsForbidden(err) {
			return nil, Skip("you may not list the pods of all namespaces; every node that takes the pod is large enough by itself")
		}
		if err != nil {
			return nil, kubeError(err)
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
