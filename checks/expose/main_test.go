package expose

import (
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

func TestMain(m *testing.M) { checktest.Main(m, Checks) }

func look(t *testing.T, e *check.Env, only ...string) check.Report {
	t.Helper()
	return checktest.Look(t, Checks, e, only...)
}

// stage is a namespace in which the tests of this package build their cases.
type stage struct{ *checktest.Stage }

func newStage(t *testing.T) *stage {
	t.Helper()
	return &stage{checktest.NewStage(t)}
}

func (s *stage) tlsSecret(name string, kind corev1.SecretType, pair testdb.Pair) {
	s.T.Helper()
	_, err := s.Client.CoreV1().Secrets(s.Namespace).Create(s.T.Context(), &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: name}, Type: kind,
		Data: map[string][]byte{corev1.TLSCertKey: pair.Cert, corev1.TLSPrivateKeyKey: pair.Key},
	}, metav1.CreateOptions{})
	checktest.Must(s.T, err)
}

func TestExposureThatServes(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.class("k8s.io/ingress-nginx")
	s.pod(map[string]string{"app.kubernetes.io/name": "ingress-nginx", "app.kubernetes.io/component": "controller", "app.kubernetes.io/instance": s.Namespace})
	s.service(corev1.ServiceTypeLoadBalancer, map[string]string{"app.kubernetes.io/instance": s.Namespace}, corev1.LoadBalancerIngress{IP: "203.0.113.7"})
	s.ingress("shop", s.Namespace, "shop.test", "/")
	s.tlsSecret("zenml-test-tls", corev1.SecretTypeTLS, testdb.NewAuthority(t).Server(t, time.Now().AddDate(1, 0, 0), "zenml.test"))
	s.awaitPods()
	e := s.env(map[string]string{"zenml.test": "203.0.113.7"}, func(x *answers.Expose) {
		x.TLS = answers.ExposeTLS{Mode: answers.CertSecret, SecretName: "zenml-test-tls"}
	})
	e.Answers.Admin.Activate = answers.ActivateAuto
	report := look(t, e, "expose")
	checktest.Expect(t, report, "expose.host", check.Pass, "zenml.test")
	checktest.Expect(t, report, "expose.class", check.Pass, "ingress-nginx")
	checktest.Expect(t, report, "expose.controller", check.Pass, "ingress-nginx at 203.0.113.7")
	checktest.Expect(t, report, "expose.dns", check.Pass, "zenml.test is 203.0.113.7")
	checktest.Expect(t, report, "expose.conflict", check.Pass)
	checktest.Expect(t, report, "expose.tls", check.Pass, "Secret zenml-test-tls, for zenml.test")
	checktest.Expect(t, report, "expose.path", check.Pass)
	checktest.Expect(t, report, "expose.public", check.Pass)
	address, err := RouteAddress(t.Context(), s.env(nil, func(x *answers.Expose) { x.Host = answers.Host{NipIO: true} }))
	if err != nil || address != "203.0.113.7" {
		t.Errorf("%q, %v", address, err)
	}
}

func TestServerThatIsNotExposed(t *testing.T) {
	report := look(t, checktest.WithCluster(t, nil, "zenml"), "expose")
	for _, result := range report.Results {
		if result.Check.Group() == "expose" {
			checktest.Expect(t, report, result.Check.ID, check.Skipped)
		}
	}
}

// class makes an IngressClass that bears the namespace's name, so that tests do
// not meet. Its labels are those of its controller's pods, as charts have it.
func (s *stage) class(controller string) string {
	s.T.Helper()
	class := &networkingv1.IngressClass{
		ObjectMeta: metav1.ObjectMeta{Name: s.Namespace, Labels: s.labels()}, Spec: networkingv1.IngressClassSpec{Controller: controller},
	}
	_, err := s.Client.NetworkingV1().IngressClasses().Create(s.T.Context(), class, metav1.CreateOptions{})
	checktest.Must(s.T, err)
	s.T.Cleanup(func() {
		checktest.Must(s.T, s.Client.NetworkingV1().IngressClasses().Delete(checktest.ContextOf(s.T), class.Name, metav1.DeleteOptions{}))
	})
	return class.Name
}

func (s *stage) labels() map[string]string {
	return map[string]string{"app.kubernetes.io/name": "front", "app.kubernetes.io/instance": s.Namespace}
}

// pod runs a controller's pod, as far as its labels and ports go: the image is
// the sandbox's, at rest.
func (s *stage) pod(labels map[string]string, change ...func(*corev1.Pod)) {
	s.T.Helper()
	checktest.WaitFor(s.T, "the service account default", func() bool {
		_, err := s.Client.CoreV1().ServiceAccounts(s.Namespace).Get(s.T.Context(), "default", metav1.GetOptions{})
		return err == nil
	})
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "controller-", Labels: labels},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{
			Name: "controller", Image: s.Charts["current"].Image, Command: []string{"zenml", "pause"},
		}}},
	}
	for _, c := range change {
		c(pod)
	}
	_, err := s.Client.CoreV1().Pods(s.Namespace).Create(s.T.Context(), pod, metav1.CreateOptions{})
	checktest.Must(s.T, err)
}

func (s *stage) awaitPods() {
	s.T.Helper()
	checktest.WaitFor(s.T, "all pods of "+s.Namespace+" are ready", func() bool {
		pods := s.pods()
		return len(pods) > 0 && !slices.ContainsFunc(pods, func(p corev1.Pod) bool { return !podReady(&p) })
	})
}

// service makes the Service of the pods with these labels; addresses are what
// a cloud would have given it.
func (s *stage) service(kind corev1.ServiceType, selector map[string]string, addresses ...corev1.LoadBalancerIngress) {
	s.T.Helper()
	service := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "front-"},
		Spec:       corev1.ServiceSpec{Type: kind, Selector: selector, Ports: []corev1.ServicePort{{Name: "http", Port: 80}}},
	}
	made, err := s.Client.CoreV1().Services(s.Namespace).Create(s.T.Context(), service, metav1.CreateOptions{})
	checktest.Must(s.T, err)
	if len(addresses) > 0 {
		made.Status.LoadBalancer.Ingress = addresses
		_, err = s.Client.CoreV1().Services(s.Namespace).UpdateStatus(s.T.Context(), made, metav1.UpdateOptions{})
		checktest.Must(s.T, err)
	}
}

// ingress makes another one's Ingress.
func (s *stage) ingress(name, class, host, path string, change ...func(*networkingv1.Ingress)) {
	s.T.Helper()
	prefix := networkingv1.PathTypePrefix
	ingress := &networkingv1.Ingress{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: networkingv1.IngressSpec{IngressClassName: &class, Rules: []networkingv1.IngressRule{{
			Host: host, IngressRuleValue: networkingv1.IngressRuleValue{HTTP: &networkingv1.HTTPIngressRuleValue{Paths: []networkingv1.HTTPIngressPath{{
				Path: path, PathType: &prefix, Backend: networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{Name: "shop", Port: networkingv1.ServiceBackendPort{Number: 80}}},
			}}}},
		}}},
	}
	for _, c := range change {
		c(ingress)
	}
	made, err := s.Client.NetworkingV1().Ingresses(s.Namespace).Create(s.T.Context(), ingress, metav1.CreateOptions{})
	checktest.Must(s.T, err)
	if len(ingress.Status.LoadBalancer.Ingress) > 0 {
		made.Status = ingress.Status
		_, err = s.Client.NetworkingV1().Ingresses(s.Namespace).UpdateStatus(s.T.Context(), made, metav1.UpdateOptions{})
		checktest.Must(s.T, err)
	}
}

// env is an install that is exposed by this stage's class under zenml.test.
func (s *stage) env(hosts map[string]string, change ...func(*answers.Expose)) *check.Env {
	s.T.Helper()
	e := checktest.WithCluster(s.T, s.Access(), s.Namespace)
	e.Answers.Expose = exposed(s.Namespace, change...)
	e.Answers = e.Answers.Complete()
	e.Resolver = checktest.Resolver(s.T, hosts)
	return e
}

// exposed are the answers of an exposure by Ingress under zenml.test, without
// TLS.
func exposed(class string, change ...func(*answers.Expose)) answers.Expose {
	x := answers.Expose{Type: answers.ByIngress, Host: answers.Host{Name: "zenml.test"}, Ingress: answers.Ingress{Class: class}}
	for _, c := range change {
		c(&x)
	}
	return x
}

// ingressReader is the right of someone who sees his own namespace only.
var ingressReader = rbacv1.PolicyRule{APIGroups: []string{"networking.k8s.io", "gateway.networking.k8s.io"}, Resources: []string{"ingresses", "httproutes"}, Verbs: []string{"get", "list"}}

func (s *stage) pods() []corev1.Pod {
	s.T.Helper()
	pods, err := s.Client.CoreV1().Pods(s.Namespace).List(s.T.Context(), metav1.ListOptions{})
	checktest.Must(s.T, err)
	return pods.Items
}
