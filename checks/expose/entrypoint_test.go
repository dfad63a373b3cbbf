package expose

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// healthyControllers are set-ups that expose.controller accepts, by case of TestController.
var healthyControllers = map[string]string{
	"of a cloud": "a controller that the cloud provider runs outside the cluster",
	"by its other Ingresses": "a controller without labels or charts that the check knows, with an address on another " +
		"Ingress",
}

func TestController(t *testing.T) {
	for name, c := range map[string]struct {
		build  func(*stage)
		change func(*answers.Expose)
		status check.Status
		say    []string
	}{
		"no pods": {
			func(s *stage) { s.class("haproxy-ingress.github.io/controller") }, nil, check.Failed,
			[]string{"no pod of HAProxy Ingress runs"},
		},
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
		}, nil, check.Warned, []string{"only inside the cluster"}},
		"node port": {func(s *stage) {
			s.class("example.com/front")
			s.pod(s.labels())
			s.service(corev1.ServiceTypeNodePort, s.labels())
			s.awaitPods()
		}, nil, check.Pass, []string{"on a node port"}},
		"unknown, without pods": {
			func(s *stage) { s.class("example.com/unheard-of") }, nil, check.Warned, []string{"cannot check whether"},
		},
		"by its other Ingresses": {func(s *stage) {
			s.class("example.com/unheard-of")
			s.ingress("shop", s.Namespace, "shop.test", "/", func(i *networkingv1.Ingress) {
				i.Status.LoadBalancer.Ingress = []networkingv1.IngressLoadBalancerIngress{{IP: "203.0.113.9"}}
			})
		}, nil, check.Pass, []string{"203.0.113.9", "from its other Ingresses"}},
		"of a cloud": {
			func(s *stage) { s.class("eks.amazonaws.com/alb") }, nil, check.Pass,
			[]string{"every Ingress its own address"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			c.build(s)
			change := c.change
			if change == nil {
				change = func(*answers.Expose) {}
			}
			report := runChecks(t, s.env(nil, change), "expose.controller")
			checktest.Expect(t, report, "expose.controller", c.status, c.say...)
			if setup := healthyControllers[name]; setup != "" {
				checktest.Accept(t, report, "expose.controller", setup, check.Pass)
			}
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
