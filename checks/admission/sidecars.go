package admission

import (
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// injector adds containers to pods. Annotation opts a pod out.
type injector struct {
	name       string
	containers []string // the names of its containers
	annotation string   // key and value
}

var injectors = []injector{
	{"Istio", []string{"istio-proxy"}, `sidecar.istio.io/inject: "false"`},
	{"Linkerd", []string{"linkerd-proxy"}, `linkerd.io/inject: disabled`},
	{"Consul", []string{"consul-dataplane", "envoy-sidecar"}, `consul.hashicorp.com/connect-inject: "false"`},
	{"Vault Agent", []string{"vault-agent"}, `vault.hashicorp.com/agent-inject: "false"`},
	{"Kuma", []string{"kuma-sidecar"}, `kuma.io/sidecar-injection: disabled`},
	{"Dapr", []string{"daprd"}, `dapr.io/enabled: "false"`},
	{"AWS App Mesh", []string{"envoy"}, `appmesh.k8s.aws/sidecarInjectorWebhook: disabled`},
	{"OpenTelemetry", []string{"otc-container"}, `sidecar.opentelemetry.io/inject: "false"`},
}

// checkSidecars looks for containers that the cluster injects into the
// migration's pod. A Job only completes when all its containers exit, except
// native sidecars.
func checkSidecars(ctx context.Context, e *check.Env) (string, error) {
	done, err := tryAll(ctx, e)
	if err != nil {
		return "", err
	}
	jobs := podsOf(slices.Concat(done.accepted, done.untriedTrials()), "Job")
	if len(jobs) == 0 {
		return "the install runs no Job", nil
	}
	for _, pod := range jobs {
		if pod.answer == nil {
			return sidecarsByLabel(ctx, e, pod)
		}
		added, err := addedContainers(pod)
		if err != nil {
			return "", err
		}
		if len(added) > 0 {
			return "", sidecarFault(e, pod, added)
		}
	}
	return "no container is added to " + check.JoinAnd(owners(jobs)), nil
}

// addedContainers returns the containers of the admitted pod that its template
// does not have. It ignores init containers, which exit or are native sidecars.
func addedContainers(pod trial) ([]string, error) {
	wanted, err := pod.spec()
	if err != nil {
		return nil, err
	}
	admitted, err := podSpec(*pod.answer)
	if err != nil {
		return nil, err
	}
	var added []string
	for _, c := range admitted.Containers {
		isOurs := func(own corev1.Container) bool { return own.Name == c.Name }
		if !slices.ContainsFunc(wanted.Containers, isOurs) {
			added = append(added, c.Name)
		}
	}
	return added, nil
}

func sidecarFault(e *check.Env, pod trial, added []string) *check.Fault {
	var names, annotations []string
	for _, i := range injectors {
		if slices.ContainsFunc(i.containers, func(c string) bool { return slices.Contains(added, c) }) {
			names, annotations = append(names, i.name), append(annotations, i.annotation)
		}
	}
	by := "an admission webhook or policy"
	if len(names) > 0 {
		by = check.JoinAnd(names)
	}
	fault := &check.Fault{
		Warn: true,
		Summary: fmt.Sprintf("%s adds the container %s to the pod of %s in namespace %s",
			by, check.JoinAnd(added), pod.owner, e.Namespace()),
		Reason: "it keeps running after the migration, so the Job never completes and the install times out",
		Remedy: "find the webhook with kubectl get mutatingwebhookconfigurations, and set the annotation that opts " +
			"a pod " +
			"out of it under server.podAnnotations",
	}
	if len(annotations) > 0 {
		fault.Remedy = optOut(annotations)
	}
	return fault
}

func optOut(annotations []string) string {
	return "keep it out of the pods: server: {podAnnotations: {" + strings.Join(annotations, ", ") + "}}" +
		"\nor configure native sidecars, which end with the Job (Kubernetes 1.29 and newer)"
}

// meshLabels are the labels and annotations of namespaces with automatic injection.
var meshLabels = []struct{ key, value, injector string }{
	{"istio-injection", "enabled", "Istio"},
	{"istio.io/rev", "", "Istio"},
	{"linkerd.io/inject", "enabled", "Linkerd"},
	{"linkerd.io/inject", "ingress", "Linkerd"},
	{"kuma.io/sidecar-injection", "enabled", "Kuma"},
	{"consul.hashicorp.com/connect-inject", "true", "Consul"},
	{"appmesh.k8s.aws/sidecarInjectorWebhook", "enabled", "AWS App Mesh"},
}

// sidecarsByLabel uses the namespace's labels if the user cannot create pods,
// not even in a dry run. They are indirect evidence: the mesh may inject native
// sidecars.
func sidecarsByLabel(ctx context.Context, e *check.Env, pod trial) (string, error) {
	namespace, err := check.FindNamespace(ctx, e)
	if err != nil || namespace == nil {
		return "", check.Skip("you cannot create pods, so it is unknown whether the cluster adds containers to them")
	}
	for _, l := range meshLabels {
		value, ok := namespace.Labels[l.key]
		if !ok {
			value, ok = namespace.Annotations[l.key]
		}
		if !ok || l.value != "" && value != l.value {
			continue
		}
		i := injectors[slices.IndexFunc(injectors, func(i injector) bool { return i.name == l.injector })]
		if key, want, _ := strings.Cut(i.annotation, ": "); pod.object.GetAnnotations()[key] == strings.Trim(
			want,
			`"`,
		) {
			continue
		}
		return "", &check.Fault{
			Warn: true,
			Summary: fmt.Sprintf("the namespace %s has %s=%s, so %s may add a container to the pod of %s",
				e.Namespace(), l.key, value, i.name, pod.owner),
			Reason: "unless it is a native sidecar, it keeps running after the migration, and the install times out",
			Remedy: optOut([]string{i.annotation}),
		}
	}
	return "", check.Skip("you cannot create pods, so it is unknown whether the cluster adds containers to them")
}
