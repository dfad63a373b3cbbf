package admission

import (
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// need is the minimum memory of one of ZenML's pods.
type need struct {
	what  string
	least resource.Quantity
	key   string // of the answers
	usage string
}

// The migration peaks at about 180 MB on an empty database. The server loads the same
// code.
var needs = map[string]need{
	"Job":        {"migration", resource.MustParse("256Mi"), "migrationResources", "peaks at about 180 MB"},
	"Deployment": {"server", resource.MustParse("256Mi"), "resources", "loads the same code as the migration (180 MB)"},
}

// checkLimits compares the memory limits of the admitted pods with what they need. A
// LimitRange or a policy adds limits that the rendered objects do not show.
func checkLimits(ctx context.Context, e *check.Env) (string, error) {
	done, err := tryAll(ctx, e)
	if err != nil {
		return "", err
	}
	var seen int
	var faults []*check.Fault
	for _, kind := range []string{"Job", "Deployment"} {
		for _, pod := range podsOf(done.accepted, kind) {
			fault, err := limitFault(ctx, e, pod, needs[kind])
			if err != nil {
				return "", err
			}
			if fault != nil {
				faults = append(faults, fault)
			}
			seen++
		}
	}
	switch {
	case len(faults) > 0:
		return "", joined(faults)
	case seen == 0:
		return defaultLimits(ctx, e)
	}
	return "no memory limit is below what the pods need", nil
}

// limitFault returns the fault of a pod whose container has too low a limit. The first
// container of each template is ZenML's.
func limitFault(ctx context.Context, e *check.Env, pod trial, n need) (*check.Fault, error) {
	wanted, err := pod.spec()
	if err != nil || len(wanted.Containers) == 0 {
		return nil, err
	}
	admitted, err := podSpec(*pod.answer)
	if err != nil {
		return nil, err
	}
	own := wanted.Containers[0]
	i := slices.IndexFunc(admitted.Containers, func(c corev1.Container) bool { return c.Name == own.Name })
	if i < 0 {
		return nil, nil
	}
	limit, ok := admitted.Containers[i].Resources.Limits[corev1.ResourceMemory]
	if !ok || limit.Cmp(n.least) >= 0 {
		return nil, nil
	}
	_, isSet := own.Resources.Limits[corev1.ResourceMemory]
	return lowLimit(n, limit, limitSource(ctx, e, n, isSet)), nil
}

func lowLimit(n need, limit resource.Quantity, source string) *check.Fault {
	return &check.Fault{
		Warn: true,
		Summary: fmt.Sprintf("the memory limit of the %s is %s (%s), but it %s",
			n.what, limit.String(), source, n.usage),
		Reason: "the container is OOMKilled, and the install fails",
		Remedy: fmt.Sprintf("set a higher limit: server: {%s: {requests: {memory: %s}, limits: {memory: 1Gi}}}",
			n.key, n.least.String()),
	}
}

// limitSource returns what set the limit.
func limitSource(ctx context.Context, e *check.Env, n need, isSet bool) string {
	if isSet {
		return "server." + n.key + ".limits"
	}
	names := make([]string, 0, 1)
	for _, r := range limitRanges(ctx, e) {
		names = append(names, r.Name)
	}
	if len(names) == 0 {
		return "added by a policy of the cluster"
	}
	return "added by LimitRange " + check.JoinAnd(names)
}

// limitRanges lists the LimitRanges of the namespace; none if the user cannot.
func limitRanges(ctx context.Context, e *check.Env) []corev1.LimitRange {
	client, err := e.Cluster.Client()
	if err != nil {
		return nil
	}
	found, err := client.CoreV1().LimitRanges(e.Namespace()).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil
	}
	return found.Items
}

// defaultLimits uses the LimitRanges if the user cannot create pods, not even
// in a dry run.
func defaultLimits(ctx context.Context, e *check.Env) (string, error) {
	rendered, err := e.Render(ctx)
	if err != nil {
		return "", err
	}
	var faults []*check.Fault
	for _, pod := range templates(rendered.Objects) {
		n, known := needs[kindOf(pod.owner)]
		spec, err := pod.spec()
		if err != nil {
			return "", err
		}
		if !known || len(spec.Containers) == 0 {
			continue
		}
		if _, isSet := spec.Containers[0].Resources.Limits[corev1.ResourceMemory]; isSet {
			continue
		}
		for _, r := range limitRanges(ctx, e) {
			limit, ok := containerDefault(r)
			if ok && limit.Cmp(n.least) < 0 {
				faults = append(faults, lowLimit(n, limit, "added by LimitRange "+r.Name))
			}
		}
	}
	if len(faults) > 0 {
		return "", joined(faults)
	}
	return "", check.Skip("you cannot create pods, so the limits that policies add are unknown")
}

func containerDefault(r corev1.LimitRange) (resource.Quantity, bool) {
	for _, item := range r.Spec.Limits {
		if limit, ok := item.Default[corev1.ResourceMemory]; ok && item.Type == corev1.LimitTypeContainer {
			return limit, true
		}
	}
	return resource.Quantity{}, false
}

// joined combines warnings about several pods.
func joined(faults []*check.Fault) *check.Fault {
	var found, remedies []string
	for _, f := range faults {
		found, remedies = append(found, f.Summary), append(remedies, f.Remedy)
	}
	all := *faults[0]
	all.Summary, all.Remedy = strings.Join(found, "\n"), strings.Join(remedies, "\n")
	return &all
}
