package scenarios_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
)

// exposed are scenarios for clusters without an ingress controller or a load
// balancer.
var exposed = []scenario{
	{name: "node port", quick: true, samples: []string{"expose-node-port.yaml"}, run: nodePort},
	{name: "exposed after the activation", samples: []string{"expose-node-port.yaml"}, run: exposedLater},
	{name: "load balancer", samples: []string{"expose-load-balancer.yaml"}, run: loadBalancer},
	{name: "ingress without a controller", samples: []string{"expose-cert-manager.yaml"}, run: func(i *installation) {
		i.with("prerequisites: null")
		if code, out := i.attempt(current); code == 0 || !strings.Contains(out, "expose.class") {
			i.Errorf("the checks: exit code %d\n%s", code, out)
		}
		i.install("--warn-only", "expose")
		ingress, err := i.cluster.Client(i).NetworkingV1().Ingresses(i.namespace).Get(i.Context(), "zenml-server",
			metav1.GetOptions{})
		i.check(err)
		if got := ingress.Annotations["cert-manager.io/cluster-issuer"]; got != "letsencrypt-staging" {
			i.Errorf("the Ingress has the issuer %q", got)
		}
	}},
	{name: "address from a controller that is missing", run: func(i *installation) {
		i.sample = "expose-nip-io.yaml"
		if code, out := i.attempt(current); code == 0 || !strings.Contains(out, "expose.host") {
			i.Errorf("exit code %d\n%s", code, out)
		}
	}},
}

// nodePort logs in at the printed address, from this machine.
func nodePort(i *installation) {
	i.install()
	service, err := i.cluster.Client(i).CoreV1().Services(i.namespace).Get(i.Context(), "zenml-server",
		metav1.GetOptions{})
	i.check(err)
	nodes, err := i.cluster.Client(i).CoreV1().Nodes().List(i.Context(), metav1.ListOptions{})
	i.check(err)
	url := fmt.Sprintf("http://%s:%d", nodes.Items[0].Status.Addresses[0].Address, service.Spec.Ports[0].NodePort)
	if !strings.Contains(i.output, "zenml login "+url) {
		i.Errorf("the output does not contain %s:\n%s", url, i.output)
	}
	i.loginThrough(url)
}

// exposedLater installs a closed server that nobody activates, and activates it with
// another install, which exposes it: the pod that was activated stays, and its Secret
// of the API key is written.
func exposedLater(i *installation) {
	i.with("expose: {after: activation}")
	later := i.answers
	i.with("admin: {activate: later, password: null}")
	if code, out := i.attempt(current); code != 0 || !strings.Contains(out, "not exposed until it is activated") {
		i.Fatalf("exit code %d\n%s", code, out)
	}
	services := i.cluster.Client(i).CoreV1().Services(i.namespace)
	service, err := services.Get(i.Context(), "zenml-server", metav1.GetOptions{})
	i.check(err)
	if service.Spec.Type != corev1.ServiceTypeClusterIP {
		i.Errorf("the Service of the closed server is %s", service.Spec.Type)
	}
	pod := i.pod()

	i.answers = later
	i.with("admin: {through: api, serviceAccount: {name: ci}}")
	i.install()
	i.says("The server is exposed.")
	if service, err = services.Get(i.Context(), "zenml-server", metav1.GetOptions{}); err != nil ||
		service.Spec.Type != corev1.ServiceTypeNodePort {
		i.Errorf("the Service is %s, %v", service.Spec.Type, err)
	}
	if now := i.pod(); now != pod {
		i.Errorf("pod %s was replaced by %s", pod, now)
	}
	i.apiKey("zenml-server-ci-api-key")
}

// loadBalancer assigns an address to the Service, as a cloud does.
func loadBalancer(i *installation) {
	ctx, cancel := context.WithTimeout(i.Context(), 5*time.Minute)
	defer cancel()
	services := i.cluster.Client(i).CoreV1().Services(i.namespace)
	go func() {
		_ = wait.PollUntilContextCancel(ctx, 250*time.Millisecond, true, func(ctx context.Context) (bool, error) {
			service, err := services.Get(ctx, "zenml-server", metav1.GetOptions{})
			if err != nil {
				return false, nil //nolint:nilerr // not created yet
			}
			service.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{IP: "192.0.2.7"}}
			_, err = services.UpdateStatus(ctx, service, metav1.UpdateOptions{})
			return err == nil, nil
		})
	}()
	i.install("--warn-only", "expose")
	service, err := services.Get(i.Context(), "zenml-server", metav1.GetOptions{})
	i.check(err)
	if service.Spec.Type != corev1.ServiceTypeLoadBalancer || service.Spec.Ports[0].Port != 8080 {
		i.Errorf("the Service is %s on port %d", service.Spec.Type, service.Spec.Ports[0].Port)
	}
	if !strings.Contains(i.output, "zenml login http://") {
		i.Errorf("the output has no login:\n%s", i.output)
	}
}
