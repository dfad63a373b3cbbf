package expose

import (
	"context"
	"net/http"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/internal/zenml"
)

func TestPublic(t *testing.T) {
	e := checktest.WithCluster(t, nil, "zenml")
	e.Answers.Expose.Type = answers.LoadBalancer
	checktest.Expect(t, runChecks(t, e, "expose.public"), "expose.public", check.Warned, "whoever opens it first",
		"admin: {activate: auto", "expose.after: activation")
	e.Answers.Admin.Activate = answers.ActivateAuto
	checktest.Expect(t, runChecks(t, e, "expose.public"), "expose.public", check.Pass)
}

// TestPublic_openedAfterActivation trusts the plan, or the answers if there is none.
func TestPublic_openedAfterActivation(t *testing.T) {
	const said = "exposed only after its activation"
	e := checktest.WithCluster(t, nil, "zenml")
	e.Answers.Expose.Type, e.Answers.Expose.After = answers.LoadBalancer, answers.AfterActivation
	checktest.Expect(t, runChecks(t, e, "expose.public"), "expose.public", check.Warned, "whoever opens it first")
	render := e.Rendered
	e.Rendered = func(ctx context.Context) (check.Rendered, error) {
		r, err := render(ctx)
		r.Staged = true
		return r, err
	}
	checktest.Expect(t, runChecks(t, e, "expose.public"), "expose.public", check.Pass, said)
	e.Rendered = nil
	checktest.Expect(t, runChecks(t, e, "expose.public"), "expose.public", check.Pass, said)
}

// TestPublic_runningServer checks a running server before and after its activation.
func TestPublic_runningServer(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	if !s.RealNodes {
		t.Skip("needs a node that runs containers")
	}
	labels := map[string]string{"app": "server"}
	s.pod(labels, func(p *corev1.Pod) {
		p.Spec.Containers[0].Command = nil
		p.Spec.Containers[0].Ports = []corev1.ContainerPort{{Name: "http", ContainerPort: 8080}}
	})
	service := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "zenml-server"},
		Spec:       corev1.ServiceSpec{Selector: labels, Ports: []corev1.ServicePort{{Name: "http", Port: 80}}},
	}
	service.Spec.Ports[0].TargetPort.StrVal, service.Spec.Ports[0].TargetPort.Type = "http", 1
	_, err := s.Client.CoreV1().Services(s.Namespace).Create(t.Context(), service, metav1.CreateOptions{})
	checktest.Must(t, err)
	e := s.env(nil)
	client := s.proxied(t)
	checktest.WaitFor(t, "the server answers", func() bool {
		_, err := client.Info(t.Context())
		return err == nil
	})
	checktest.Expect(t, runChecks(t, e, "expose.public"), "expose.public", check.Warned,
		"the running server is exposed but not activated", "zenml-installer connect")
	checktest.Must(
		t,
		client.Activate(t.Context(),
			zenml.Activation{ServerName: "test", Username: "admin", Password: secret.New(checktest.Canary)}),
	)
	checktest.Expect(
		t,
		runChecks(t, e, "expose.public"),
		"expose.public",
		check.Pass,
		"the server is already activated",
	)
}

// proxied returns a client for the test's server through the API server.
func (s *stage) proxied(t *testing.T) zenml.Client {
	t.Helper()
	config, err := s.Access().Config()
	checktest.Must(t, err)
	transport, err := rest.TransportFor(config)
	checktest.Must(t, err)
	return zenml.Client{
		Base: config.Host + "/api/v1/namespaces/" + s.Namespace + "/services/http:zenml-server:http/proxy",
		HTTP: &http.Client{Transport: transport},
	}
}
