package expose

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

func TestClassFaults(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.class("traefik.io/ingress-controller")
	missing := func(x *answers.Expose) { x.Ingress.Class = "no-such-class" }
	report := look(t, s.env(nil, missing), "expose")
	checktest.Expect(t, report, "expose.class", check.Failed, "there is no IngressClass no-such-class", s.Namespace+" (Traefik)")
	checktest.Expect(t, report, "expose.controller", check.Skipped, "needs expose.class")
	checktest.Expect(t, look(t, s.env(nil), "expose.class"), "expose.class", check.Pass, "Traefik")
	wanted := s.env(nil, missing)
	wanted.Answers.Prerequisites.IngressNginx = answers.PrerequisiteInstall
	report = look(t, wanted, "expose")
	checktest.Expect(t, report, "expose.class", check.Failed, "prerequisites.ingressNginx is not carried out by this version", installNginx)
	checktest.Expect(t, report, "expose.controller", check.Skipped, "needs expose.class")

	restricted := s.env(nil)
	restricted.Cluster = checktest.ServiceAccount(t, s.Cluster, s.Namespace)
	checktest.Expect(t, look(t, restricted, "expose.class"), "expose.class", check.Skipped, "you may not read IngressClasses")
}

func TestControllerFaults(t *testing.T) {
	for name, c := range map[string]struct {
		build  func(*stage)
		change func(*answers.Expose)
		status check.Status
		say    []string
	}{
		"no pods": {func(s *stage) { s.class("haproxy-ingress.github.io/controller") }, nil, check.Failed, []string{"no pod of HAProxy Ingress runs"}},
		"not ready": {func(s *stage) {
			s.class("example.com/front")
			s.pod(s.labels(), func(p *corev1.Pod) { p.Spec.Containers[0].Image = "127.0.0.1:1/none:1" })
			s.awaitReason("ErrImagePull", "ImagePullBackOff")
		}, nil, check.Failed, []string{"no pod of example.com/front is ready", "ImagePull"}},
		"no address": {func(s *stage) {
			s.class("example.com/front")
			s.pod(s.labels())
			s.service(corev1.ServiceTypeLoadBalancer, s.labels())
			s.awaitPods()
		}, nil, check.Failed, []string{"has no address", "MetalLB"}},
		"name for nip.io": {func(s *stage) {
			s.class("example.com/front")
			s.pod(s.labels())
			s.service(corev1.ServiceTypeLoadBalancer, s.labels(), corev1.LoadBalancerIngress{Hostname: "lb.cloud.test"})
			s.awaitPods()
		}, func(x *answers.Expose) { x.Host = answers.Host{NipIO: true} }, check.Failed, []string{"nip.io needs an IPv4 address", "CNAME"}},
		"name": {func(s *stage) {
			s.class("example.com/front")
			s.pod(s.labels())
			s.service(corev1.ServiceTypeLoadBalancer, s.labels(), corev1.LoadBalancerIngress{Hostname: "lb.cloud.test"})
			s.awaitPods()
		}, nil, check.Pass, []string{"at lb.cloud.test"}},
		"inside only": {func(s *stage) {
			s.class("example.com/front")
			s.pod(s.labels())
			s.service(corev1.ServiceTypeClusterIP, s.labels())
			s.awaitPods()
		}, nil, check.Warned, []string{"reached inside the cluster only"}},
		"node port": {func(s *stage) {
			s.class("example.com/front")
			s.pod(s.labels())
			s.service(corev1.ServiceTypeNodePort, s.labels())
			s.awaitPods()
		}, nil, check.Pass, []string{"on a node port"}},
		"unknown, without pods": {func(s *stage) { s.class("example.com/unheard-of") }, nil, check.Warned, []string{"cannot be told"}},
		"by its other Ingresses": {func(s *stage) {
			s.class("example.com/unheard-of")
			s.ingress("shop", s.Namespace, "shop.test", "/", func(i *networkingv1.Ingress) {
				i.Status.LoadBalancer.Ingress = []networkingv1.IngressLoadBalancerIngress{{IP: "203.0.113.9"}}
			})
		}, nil, check.Pass, []string{"203.0.113.9", "as its other Ingresses show"}},
		"of a cloud": {func(s *stage) { s.class("eks.amazonaws.com/alb") }, nil, check.Pass, []string{"every Ingress its own address"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			c.build(s)
			change := c.change
			if change == nil {
				change = func(*answers.Expose) {}
			}
			checktest.Expect(t, look(t, s.env(nil, change), "expose.controller"), "expose.controller", c.status, c.say...)
		})
	}
}

func (s *stage) awaitReason(reasons ...string) {
	s.T.Helper()
	checktest.WaitFor(s.T, "a pod waits for "+reasons[0], func() bool {
		for _, p := range s.pods() {
			for _, c := range p.Status.ContainerStatuses {
				for _, r := range reasons {
					if c.State.Waiting != nil && c.State.Waiting.Reason == r {
						return true
					}
				}
			}
		}
		return false
	})
}

func TestDNSFaults(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.class("example.com/front")
	s.pod(s.labels())
	s.service(corev1.ServiceTypeLoadBalancer, s.labels(), corev1.LoadBalancerIngress{IP: "203.0.113.7"})
	s.awaitPods()
	dns := func(hosts map[string]string, change ...func(*answers.Expose)) check.Report {
		return look(t, s.env(hosts, change...), "expose.dns")
	}
	nip := func(x *answers.Expose) { x.Host = answers.Host{NipIO: true} }
	checktest.Expect(t, dns(map[string]string{"zenml.test": "203.0.113.7"}), "expose.dns", check.Pass)
	checktest.Expect(t, dns(map[string]string{"zenml.test": "198.51.100.1"}), "expose.dns", check.Failed, "zenml.test is 198.51.100.1", "is at 203.0.113.7", "zenml.test. A 203.0.113.7")
	checktest.Expect(t, dns(map[string]string{"zenml.test": "broken"}), "expose.dns", check.Failed, "the name server gives no answer")
	checktest.Expect(t, dns(map[string]string{"zenml.203.0.113.7.nip.io": "203.0.113.7"}, nip), "expose.dns", check.Pass)
	checktest.Expect(t, dns(nil, nip), "expose.dns", check.Failed, "hides nip.io")
	report := dns(nil)
	checktest.Expect(t, report, "expose.dns", check.Failed, "there is no host zenml.test", "zenml.test. A 203.0.113.7")

	s.pod(map[string]string{"app.kubernetes.io/name": "external-dns"})
	checktest.Expect(t, dns(nil), "expose.dns", check.Warned, "external-dns runs in this cluster")
}

func TestDNSOfACloudsLoadBalancer(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.class("eks.amazonaws.com/alb")
	checktest.Expect(t, look(t, s.env(nil), "expose.dns"), "expose.dns", check.Warned, "has no address before the install")
	named := newStage(t)
	named.class("example.com/front")
	named.pod(named.labels())
	named.service(corev1.ServiceTypeLoadBalancer, named.labels(), corev1.LoadBalancerIngress{Hostname: "lb.cloud.test"})
	named.awaitPods()
	hosts := map[string]string{"lb.cloud.test": "203.0.113.8", "zenml.test": "203.0.113.8"}
	checktest.Expect(t, look(t, named.env(hosts), "expose.dns"), "expose.dns", check.Pass)
	hosts["zenml.test"] = "203.0.113.9"
	checktest.Expect(t, look(t, named.env(hosts), "expose.dns"), "expose.dns", check.Failed, "zenml.test. CNAME lb.cloud.test")
}

func TestConflictFaults(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.class("example.com/front")
	conflict := func(host, path string) check.Report {
		return look(t, s.env(nil, func(x *answers.Expose) { x.Host.Name, x.Path = host, path }), "expose.conflict")
	}
	s.ingress("taken", s.Namespace, s.Namespace+".taken.test", "/")
	s.ingress("below", s.Namespace, s.Namespace+".below.test", "/api")
	s.ingress("elsewhere", "another-class", s.Namespace+".elsewhere.test", "/")
	s.ingress("own", s.Namespace, s.Namespace+".own.test", "/", func(i *networkingv1.Ingress) {
		i.Annotations = map[string]string{"meta.helm.sh/release-name": "zenml-server", "meta.helm.sh/release-namespace": s.Namespace}
	})
	checktest.Expect(t, conflict(s.Namespace+".taken.test", "/"), "expose.conflict", check.Failed, "Ingress taken in namespace "+s.Namespace+" claims", "get ingress taken")
	checktest.Expect(t, conflict(s.Namespace+".taken.test", "/zenml"), "expose.conflict", check.Pass)
	checktest.Expect(t, conflict(s.Namespace+".below.test", "/"), "expose.conflict", check.Warned, "Ingress below", "lies below the server's own path")
	checktest.Expect(t, conflict(s.Namespace+".elsewhere.test", "/"), "expose.conflict", check.Warned, "through another controller")
	checktest.Expect(t, conflict(s.Namespace+".own.test", "/"), "expose.conflict", check.Pass)

	e := s.env(nil)
	e.Cluster = checktest.ServiceAccount(t, s.Cluster, s.Namespace, ingressReader)
	checktest.Expect(t, look(t, e, "expose.conflict"), "expose.conflict", check.Skipped, "namespace "+s.Namespace+" only")
	e.Answers.Expose.Host.Name = s.Namespace + ".taken.test"
	checktest.Expect(t, look(t, e, "expose.conflict"), "expose.conflict", check.Failed, "Ingress taken")
}
