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
	if why := skipsController(e); byIngress(e) && why != "" {
		return "", check.Skip("%s", why)
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

// withAddresses adds the addresses at which the controller's pods can be reached.
func withAddresses(ctx context.Context, e *check.Env, d entrypoint, pods []corev1.Pod) (entrypoint, error) {
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

// throughNodes adds the nodes' addresses if no load balancer has an address.
func throughNodes(d entrypoint, pods []corev1.Pod, waiting *corev1.Service, nodePort bool) (entrypoint, error) {
	open := slices.ContainsFunc(pods, onHostPorts)
	switch {
	case open:
		d.note = "on ports 80 and 443 of its nodes"
	case waiting != nil:
		return d, &check.Fault{
			Summary: fmt.Sprintf("the load balancer of %[3]s (Service %[1]s in namespace %[2]s) has no address",
				waiting.Name, waiting.Namespace, d.name),
			Remedy: fmt.Sprintf(
				"check its events: kubectl -n %s describe service %s\n"+
					"clusters without a cloud provider need a load balancer such as MetalLB",
				waiting.Namespace, waiting.Name),
		}
	case nodePort:
		d.note = "on a node port: add the port to the URL, or use a load balancer in front"
	default:
		return d, &check.Fault{
			Warn: true,
			Summary: d.name + " has no load balancer, node port or host port: it can be reached only inside the " +
				"cluster",
			Remedy: "set its Service to type LoadBalancer; ignore this if a load balancer in front forwards to it",
		}
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

// onHostPorts reports whether a pod uses host port 80 or 443.
func onHostPorts(p corev1.Pod) bool {
	for _, c := range p.Spec.Containers {
		for _, port := range c.Ports {
			if port.HostPort == 80 || port.HostPort == 443 ||
				p.Spec.HostNetwork && (port.ContainerPort == 80 || port.ContainerPort == 443) {
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

// routeHost returns the server's host name, built from the controller's address for
// nip.io; empty if the answers give none.
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
	fault := &check.Fault{
		Summary: d.name + " has no address yet for a nip.io name",
		Remedy:  "expose: {host: zenml.example.com}",
		Reason:  "a nip.io name contains the address, which must be known before the install",
	}
	if len(d.addresses) > 0 {
		fault.Summary = fmt.Sprintf("%s has the host name %s, but nip.io needs an IPv4 address", d.name, d.addresses[0])
		fault.Remedy = "expose: {host: zenml.example.com}, and create a CNAME record to " + d.addresses[0]
	}
	return "", fault
}

// RouteAddress returns the IPv4 address of the ingress controller or Gateway in the
// answers, for a nip.io name. The error is a *check.Fault if there is none. It needs
// Env.Cluster.
func RouteAddress(ctx context.Context, env *check.Env) (string, error) {
	e := env.Begin(ctx, check.Options{})
	defer e.End()
	return routeAddress(ctx, e)
}
