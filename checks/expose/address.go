package expose

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

func checkController(ctx context.Context, e *check.Env) (string, error) {
	if byIngress(e) && e.Answers.Prerequisites.IngressNginx == "skip" {
		return "", check.Skip("prerequisites.ingressNginx is skip")
	}
	d, err := findEntrypoint(ctx, e)
	if err != nil {
		return "", err
	}
	if _, err := routeHost(ctx, e); err != nil {
		return "", err
	}
	found := d.name
	if len(d.addresses) > 0 {
		found += " at " + check.JoinAnd(d.addresses)
	}
	if d.note != "" {
		found += ", " + d.note
	}
	return found, nil
}

// addressed finds the addresses under which a controller's pods are reached.
func addressed(ctx context.Context, e *check.Env, d entrypoint, pods []corev1.Pod) (entrypoint, error) {
	services, err := servicesOf(ctx, e, pods)
	if err != nil {
		return d, err
	}
	var waiting *corev1.Service
	nodePort := false
	for i, s := range services {
		switch s.Spec.Type {
		case corev1.ServiceTypeLoadBalancer:
			if len(s.Status.LoadBalancer.Ingress) == 0 {
				waiting = &services[i]
			}
			for _, a := range s.Status.LoadBalancer.Ingress {
				d.addresses = append(d.addresses, cmp.Or(a.IP, a.Hostname))
			}
		case corev1.ServiceTypeNodePort:
			nodePort = true
		}
		d.addresses = append(d.addresses, s.Spec.ExternalIPs...)
	}
	if len(d.addresses) > 0 {
		return d, nil
	}
	return throughNodes(d, pods, waiting, nodePort)
}

// throughNodes is the way in where no load balancer has an address.
func throughNodes(d entrypoint, pods []corev1.Pod, waiting *corev1.Service, nodePort bool) (entrypoint, error) {
	open := slices.ContainsFunc(pods, onHostPorts)
	switch {
	case open:
		d.note = "on ports 80 and 443 of its nodes"
	case waiting != nil:
		return d, &check.Fault{Found: fmt.Sprintf("Service %s in namespace %s, the load balancer of %s, has no address", waiting.Name, waiting.Namespace, d.name),
			Remedy: fmt.Sprintf("kubectl -n %s describe service %s\nA cluster without a cloud needs a load balancer of its own, such as MetalLB.", waiting.Namespace, waiting.Name)}
	case nodePort:
		d.note = "on a node port: the URL needs the port, or something in front that leads there"
	default:
		return d, &check.Fault{Warn: true, Found: d.name + " has no load balancer, no node port and no port of a node: it is reached inside the cluster only",
			Remedy: "give its Service type LoadBalancer, unless something in front of it leads there"}
	}
	for _, p := range pods {
		for _, ip := range p.Status.HostIPs {
			if !slices.Contains(d.addresses, ip.IP) {
				d.addresses = append(d.addresses, ip.IP)
			}
		}
	}
	return d, nil
}

// onHostPorts tells whether a pod listens on a web port of its node.
func onHostPorts(p corev1.Pod) bool {
	for _, c := range p.Spec.Containers {
		for _, port := range c.Ports {
			if port.HostPort == 80 || port.HostPort == 443 || p.Spec.HostNetwork && (port.ContainerPort == 80 || port.ContainerPort == 443) {
				return true
			}
		}
	}
	return false
}

func servicesOf(ctx context.Context, e *check.Env, pods []corev1.Pod) ([]corev1.Service, error) {
	client, err := e.Cluster.Client()
	if err != nil {
		return nil, err
	}
	list, err := client.CoreV1().Services(pods[0].Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, check.ReadError(err, "Services in namespace "+pods[0].Namespace)
	}
	return slices.DeleteFunc(list.Items, func(s corev1.Service) bool {
		return !slices.ContainsFunc(pods, func(p corev1.Pod) bool { return selects(&s, &p) })
	}), nil
}

// routeHost returns the host under which the server is reached, made from the
// controller's address where nip.io was asked for; empty when none was named.
func routeHost(ctx context.Context, e *check.Env) (string, error) {
	if !e.Answers.Expose.Host.NipIO {
		return e.Answers.Expose.Host.Name, nil
	}
	address, err := routeAddress(ctx, e)
	if err != nil {
		return "", err
	}
	return "zenml." + address + ".nip.io", nil
}

// routeAddress returns the controller's IPv4 address.
func routeAddress(ctx context.Context, e *check.Env) (string, error) {
	d, err := findEntrypoint(ctx, e)
	if err != nil {
		return "", err
	}
	for _, a := range d.addresses {
		if ip, err := netip.ParseAddr(a); err == nil && ip.Is4() {
			return ip.String(), nil
		}
	}
	fault := &check.Fault{Found: d.name + " has no address yet that a nip.io name could be made from", Remedy: "expose: {host: zenml.example.com}",
		Why: "nip.io reads the address out of the name; it has to be known before the install"}
	if len(d.addresses) > 0 {
		fault.Found = fmt.Sprintf("%s is reached by the name %s, and nip.io needs an IPv4 address", d.name, d.addresses[0])
		fault.Remedy = "expose: {host: zenml.example.com}, with a CNAME record to " + d.addresses[0]
	}
	return "", fault
}

// RouteAddress returns the IPv4 address of the ingress controller or Gateway
// that the answers lead to, for a host name made from it (nip.io). The error
// is a *Fault when there is none. It needs Env.Cluster.
func RouteAddress(ctx context.Context, env *check.Env) (string, error) {
	e := env.Begin(ctx, check.Options{})
	defer e.End()
	return routeAddress(ctx, e)
}
