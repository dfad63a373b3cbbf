package expose

import (
	"slices"
	"testing"

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

func runChecks(t *testing.T, e *check.Env, only ...string) check.Report {
	t.Helper()
	return checktest.Look(t, Checks, e, only...)
}

// stage is a namespace for one test.
type stage struct{ *checktest.Stage }

func newStage(t *testing.T) *stage {
	t.Helper()
	return &stage{checktest.NewStage(t)}
}

// class creates an IngressClass named after the test's namespace. Like charts it has
// the same labels as the controller's pods.
func (s *stage) class(controller string) string {
	s.T.Helper()
	class := &networkingv1.IngressClass{
		ObjectMeta: metav1.ObjectMeta{
			Name:   s.Namespace,
			Labels: s.labels(),
		},
		Spec: networkingv1.IngressClassSpec{Controller: controller},
	}
	_, err := s.Client.NetworkingV1().IngressClasses().Create(s.T.Context(), class, metav1.CreateOptions{})
	checktest.Must(s.T, err)
	s.T.Cleanup(func() {
		checktest.Must(
			s.T,
			s.Client.NetworkingV1().IngressClasses().Delete(checktest.ContextOf(s.T), class.Name,
				metav1.DeleteOptions{}),
		)
	})
	return class.Name
}

func (s *stage) labels() map[string]string {
	return map[string]string{"app.kubernetes.io/name": "front", "app.kubernetes.io/instance": s.Namespace}
}

// pod creates a pod with a controller's labels and ports, and the sandbox's image.
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

// service creates a Service for the pods with these labels and the addresses of a load
// balancer.
func (s *stage) service(kind corev1.ServiceType, selector map[string]string, addresses ...corev1.LoadBalancerIngress) {
	s.T.Helper()
	service := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "front-"},
		Spec: corev1.ServiceSpec{
			Type:     kind,
			Selector: selector,
			Ports:    []corev1.ServicePort{{Name: "http", Port: 80}},
		},
	}
	made, err := s.Client.CoreV1().Services(s.Namespace).Create(s.T.Context(), service, metav1.CreateOptions{})
	checktest.Must(s.T, err)
	if len(addresses) > 0 {
		made.Status.LoadBalancer.Ingress = addresses
		_, err = s.Client.CoreV1().Services(s.Namespace).UpdateStatus(s.T.Context(), made, metav1.UpdateOptions{})
		checktest.Must(s.T, err)
	}
}

// ingress creates an Ingress of another application.
func (s *stage) ingress(name, class, host, path string, change ...func(*networkingv1.Ingress)) {
	s.T.Helper()
	prefix := networkingv1.PathTypePrefix
	ingress := &networkingv1.Ingress{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: networkingv1.IngressSpec{IngressClassName: &class, Rules: []networkingv1.IngressRule{
			{
				Host: host,
				IngressRuleValue: networkingv1.IngressRuleValue{
					HTTP: &networkingv1.HTTPIngressRuleValue{Paths: []networkingv1.HTTPIngressPath{
						{
							Path:     path,
							PathType: &prefix,
							Backend: networkingv1.IngressBackend{
								Service: &networkingv1.IngressServiceBackend{
									Name: "shop",
									Port: networkingv1.ServiceBackendPort{Number: 80},
								},
							},
						},
					}},
				},
			},
		}},
	}
	for _, c := range change {
		c(ingress)
	}
	made, err := s.Client.NetworkingV1().Ingresses(s.Namespace).Create(s.T.Context(), ingress, metav1.CreateOptions{})
	checktest.Must(s.T, err)
	if len(ingress.Status.LoadBalancer.Ingress) > 0 {
		made.Status = ingress.Status
		_, err = s.Client.NetworkingV1().Ingresses(s.Namespace).UpdateStatus(s.T.Context(), made,
			metav1.UpdateOptions{})
		checktest.Must(s.T, err)
	}
}

// env returns an install that is exposed as zenml.test by the test's IngressClass.
func (s *stage) env(hosts map[string]string, change ...func(*answers.Expose)) *check.Env {
	s.T.Helper()
	e := checktest.WithCluster(s.T, s.Access(), s.Namespace)
	e.Answers.Expose = exposed(s.Namespace, change...)
	e.Answers = e.Answers.Complete()
	e.Resolver = checktest.Resolver(s.T, hosts)
	return e
}

// exposed returns the answers of an Ingress for zenml.test without TLS.
func exposed(class string, change ...func(*answers.Expose)) answers.Expose {
	x := answers.Expose{
		Type:    answers.ByIngress,
		Host:    answers.Host{Name: "zenml.test"},
		Ingress: answers.Ingress{Class: class},
	}
	for _, c := range change {
		c(&x)
	}
	return x
}

// ingressReader allows listing Ingresses and HTTPRoutes in one namespace.
var ingressReader = rbacv1.PolicyRule{
	APIGroups: []string{"networking.k8s.io", "gateway.networking.k8s.io"},
	Resources: []string{"ingresses", "httproutes"},
	Verbs:     []string{"get", "list"},
}

func (s *stage) pods() []corev1.Pod {
	s.T.Helper()
	pods, err := s.Client.CoreV1().Pods(s.Namespace).List(s.T.Context(), metav1.ListOptions{})
	checktest.Must(s.T, err)
	return pods.Items
}

func (s *stage) tlsSecret(name string, kind corev1.SecretType, pair testdb.Pair) {
	s.T.Helper()
	_, err := s.Client.CoreV1().Secrets(s.Namespace).Create(s.T.Context(), &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: name}, Type: kind,
		Data: map[string][]byte{corev1.TLSCertKey: pair.Cert, corev1.TLSPrivateKeyKey: pair.Key},
	}, metav1.CreateOptions{})
	checktest.Must(s.T, err)
}
