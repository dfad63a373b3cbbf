package expose

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// entrypoint is where requests enter the cluster.
type entrypoint struct {
	name      string
	addresses []string // IP addresses or host names; none if they are unknown
	note      string   // the source of the addresses if it is not a load balancer
	images    []string // of its pods
}

var entrypointMemo = check.NewMemo[entrypoint]("entrypoint")

// findEntrypoint finds the entrypoint once per run. Its error is a fault of the
// controller.
func findEntrypoint(ctx context.Context, e *check.Env) (entrypoint, error) {
	return entrypointMemo.Get(ctx, e, func(ctx context.Context) (entrypoint, error) {
		if byGateway(e) {
			return gatewayEntrypoint(ctx, e)
		}
		class, all, err := ingressClass(ctx, e)
		if err != nil {
			return entrypoint{}, err
		}
		c, err := classController(ctx, e)
		switch {
		case err != nil:
			return entrypoint{}, err
		case c != nil: // its address is not known yet
			return entrypoint{name: c.Title, note: "which will be installed and gets its address then"}, nil
		case class == nil:
			return entrypoint{}, noClass(ctx, e, ingressClassName(e), all)
		}
		return ingressEntrypoint(ctx, e, class)
	})
}

func ingressEntrypoint(ctx context.Context, e *check.Env, class *networkingv1.IngressClass) (entrypoint, error) {
	kind := controllerOf(class.Spec.Controller)
	d := entrypoint{name: kind.name}
	if kind.hidden {
		d.note = "the cloud provider runs it and gives every Ingress its own address"
		return d, nil
	}
	pods, err := controllerPods(ctx, e, selectorsFor(class, kind))
	if err != nil {
		return d, err
	}
	ready := slices.DeleteFunc(slices.Clone(pods), func(p corev1.Pod) bool { return !podReady(&p) })
	switch {
	case len(pods) == 0:
		return entrypointWithoutPods(ctx, e, class, d)
	case len(ready) == 0:
		return d, notReady(kind.name, pods[0])
	}
	for _, p := range ready {
		for _, c := range p.Spec.Containers {
			d.images = append(d.images, c.Image)
		}
	}
	if kind.cloud {
		d.note = "it gives every Ingress its own address"
		return d, nil
	}
	return withAddresses(ctx, e, d, ready)
}

func controllerPods(ctx context.Context, e *check.Env, selectors []string) ([]corev1.Pod, error) {
	client, err := e.Cluster.Client()
	if err != nil {
		return nil, err
	}
	var pods []corev1.Pod
	for _, selector := range selectors {
		err := check.EachItem(
			ctx,
			metav1.ListOptions{LabelSelector: selector, FieldSelector: "status.phase!=Succeeded,status.phase!=Failed"},
			func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
				return client.CoreV1().Pods("").List(ctx, o)
			},
			func(o runtime.Object) error {
				if p, ok := o.(*corev1.Pod); ok {
					pods = append(pods, *p)
				}
				return nil
			},
		)
		if err != nil {
			return nil, check.ReadError(err, "the pods of the ingress controller in all namespaces")
		}
		if len(pods) > 0 {
			return pods, nil
		}
	}
	return nil, nil
}

// entrypointWithoutPods handles a controller without known pods: an Ingress of its
// class with an address shows that it runs.
func entrypointWithoutPods(
	ctx context.Context,
	e *check.Env,
	class *networkingv1.IngressClass,
	d entrypoint,
) (entrypoint, error) {
	all, err := ingresses(ctx, e)
	if err != nil {
		return d, err
	}
	for _, i := range all.items {
		if ingressClassOf(i) != class.Name {
			continue
		}
		for _, a := range i.Status.LoadBalancer.Ingress {
			d.addresses = append(d.addresses, cmp.Or(a.IP, a.Hostname))
		}
	}
	if len(d.addresses) > 0 {
		slices.Sort(d.addresses)
		d.addresses, d.note = slices.Compact(d.addresses), "from its other Ingresses"
		return d, nil
	}
	fault := &check.Fault{
		Summary: "no pod of " + d.name + " runs in this cluster",
		Remedy: "install the controller, or set expose: {ingress: {class: …}} to another one: kubectl get " +
			"ingressclass",
	}
	if controllerOf(class.Spec.Controller).selectors == nil {
		fault.Warn = true
		fault.Summary = fmt.Sprintf(
			"cannot check whether %s runs: none of its Ingresses has an address, and the labels of its pods are "+
				"unknown",
			d.name)
		fault.Remedy = "check that its pods run: kubectl get pods -A"
	}
	return d, fault
}

func podReady(p *corev1.Pod) bool {
	return slices.ContainsFunc(p.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
	})
}

func notReady(name string, p corev1.Pod) *check.Fault {
	reason := string(p.Status.Phase)
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse {
			reason = strings.TrimSpace(c.Reason + ": " + c.Message)
		}
	}
	for _, s := range p.Status.ContainerStatuses {
		if s.State.Waiting != nil && s.State.Waiting.Reason != "" {
			reason = s.State.Waiting.Reason
		}
	}
	return &check.Fault{
		Summary: fmt.Sprintf("no pod of %s is ready: pod %s in namespace %s is %s", name, p.Name, p.Namespace, reason),
		Remedy:  fmt.Sprintf("kubectl -n %s describe pod %s", p.Namespace, p.Name),
	}
}

// selects reports whether a Service selects a pod.
func selects(s *corev1.Service, p *corev1.Pod) bool {
	return s.Namespace == p.Namespace && len(s.Spec.Selector) > 0 &&
		labels.SelectorFromSet(s.Spec.Selector).Matches(labels.Set(p.Labels))
}
