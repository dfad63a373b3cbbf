package expose

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

func TestDNS_faults(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.class("example.com/front")
	s.pod(s.labels())
	s.service(corev1.ServiceTypeLoadBalancer, s.labels(), corev1.LoadBalancerIngress{IP: "203.0.113.7"})
	s.awaitPods()
	dns := func(hosts map[string]string, change ...func(*answers.Expose)) check.Report {
		return runChecks(t, s.env(hosts, change...), "expose.dns")
	}
	nip := func(x *answers.Expose) { x.Host = answers.Host{NipIO: true} }
	checktest.Expect(t, dns(map[string]string{"zenml.test": "203.0.113.7"}), "expose.dns", check.Pass)
	checktest.Expect(t, dns(map[string]string{"zenml.test": "198.51.100.1"}), "expose.dns", check.Warned,
		"zenml.test resolves to 198.51.100.1", "has the address 203.0.113.7", "zenml.test. A 203.0.113.7")
	checktest.Expect(t, dns(map[string]string{"zenml.test": "broken"}), "expose.dns", check.Failed,
		"cannot resolve zenml.test")
	checktest.Expect(t, dns(map[string]string{"zenml.203.0.113.7.nip.io": "203.0.113.7"}, nip), "expose.dns",
		check.Pass)
	checktest.Expect(t, dns(nil, nip), "expose.dns", check.Failed, "hides nip.io")
	report := dns(nil)
	checktest.Expect(t, report, "expose.dns", check.Failed, "cannot resolve zenml.test: no such host",
		"zenml.test. A 203.0.113.7")

	s.pod(map[string]string{"app.kubernetes.io/name": "external-dns"})
	checktest.Expect(t, dns(nil), "expose.dns", check.Warned, "external-dns runs in this cluster")
}

func TestDNS_cloudLoadBalancer(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.class("eks.amazonaws.com/alb")
	checktest.Expect(t, runChecks(t, s.env(nil), "expose.dns"), "expose.dns", check.Warned,
		"has no address before the install")
	named := newStage(t)
	named.class("example.com/front")
	named.pod(named.labels())
	named.service(corev1.ServiceTypeLoadBalancer, named.labels(), corev1.LoadBalancerIngress{Hostname: "lb.cloud.test"})
	named.awaitPods()
	hosts := map[string]string{"lb.cloud.test": "203.0.113.8", "zenml.test": "203.0.113.8"}
	checktest.Expect(t, runChecks(t, named.env(hosts), "expose.dns"), "expose.dns", check.Pass)
	hosts["zenml.test"] = "203.0.113.9"
	checktest.Expect(t, runChecks(t, named.env(hosts), "expose.dns"), "expose.dns", check.Warned,
		"zenml.test. CNAME lb.cloud.test")
}

// TestDNS_healthy runs the checks of an exposure that looks unusual.
func TestDNS_healthy(t *testing.T) {
	t.Parallel()
	const (
		front   = "a CDN, a proxy or NAT in front of the controller, to which the host resolves (a warning)"
		split   = "split DNS: a private controller whose record only a private network has (a warning)"
		onlyIP6 = "a controller and a host with IPv6 addresses only"
		dual    = "a dual-stack controller, and a host with one of its addresses"
	)
	for name, test := range map[string]struct {
		setup     string
		addresses []string
		hosts     map[string]string
		status    check.Status
		say       string
	}{
		"CDN": {front, []string{"203.0.113.7"}, map[string]string{"zenml.test": "198.51.100.1"}, check.Warned,
			"it must forward requests for zenml.test to the controller"},
		"NAT": {front, []string{"10.0.0.7"}, map[string]string{"zenml.test": "198.51.100.1"}, check.Warned,
			"zenml.test. A 10.0.0.7"},
		"split DNS":      {split, []string{"10.0.0.7"}, nil, check.Warned, "nslookup zenml.test"},
		"split DNS IPv6": {split, []string{"fd00::7"}, nil, check.Warned, "zenml.test. AAAA fd00::7"},
		"IPv6": {onlyIP6, []string{"2001:db8::7"}, map[string]string{"zenml.test": "2001:db8::7"},
			check.Pass, "2001:db8::7"},
		"dual stack": {dual, []string{"203.0.113.7", "2001:db8::7"}, map[string]string{"zenml.test": "2001:db8::7"},
			check.Pass, "2001:db8::7"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			s.class("example.com/front")
			s.pod(s.labels())
			var addresses []corev1.LoadBalancerIngress
			for _, a := range test.addresses {
				addresses = append(addresses, corev1.LoadBalancerIngress{IP: a})
			}
			s.service(corev1.ServiceTypeLoadBalancer, s.labels(), addresses...)
			s.awaitPods()
			report := runChecks(t, s.env(test.hosts), "expose")
			checktest.Accept(t, report, "expose.dns", test.setup, test.status, test.say)
			checktest.Accept(t, report, "expose.tls",
				"no TLS in the cluster, because a load balancer or a CDN in front terminates it", check.Skipped)
			checktest.Expect(t, report, "expose.controller", check.Pass)
		})
	}
}
