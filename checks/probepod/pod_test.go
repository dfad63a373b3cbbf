package probepod

import (
	"cmp"
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

const inClusterID = "database.in-cluster"

// withPods returns an install into the test's namespace with the sandbox's database and
// image.
func (s *stage) withPods(change ...func(*answers.MySQL)) *check.Env {
	s.T.Helper()
	if !s.RealNodes {
		s.T.Skip("needs a node that runs containers")
	}
	checktest.WaitFor(s.T, "the service account default", func() bool {
		_, err := s.Client.CoreV1().ServiceAccounts(s.Namespace).Get(s.T.Context(), "default", metav1.GetOptions{})
		return err == nil
	})
	d := s.Database
	m := answers.MySQL{
		Host: d.Host, Port: d.Port, Name: "zenml", User: d.User, Password: answers.Source{Value: d.Password},
		TLS: answers.TLS{Mode: answers.TLSOff},
	}
	for _, c := range change {
		c(&m)
	}
	return checktest.WithCluster(s.T, s.Access(), s.Namespace, withImage(cmp.Or(s.image, s.Charts["current"].Image), m))
}

// withImage sets the database and the image, REPOSITORY:TAG.
func withImage(image string, m answers.MySQL) func(*answers.Answers) {
	repository, tag, _ := strings.Cut(image, ":")
	settings := map[string]any{"repository": repository, "tag": tag, "pullPolicy": "IfNotPresent"}
	return func(a *answers.Answers) {
		a.Database = answers.Database{Type: answers.MySQLDatabase, MySQL: m}
		a.Values = map[string]any{"server": map[string]any{"image": settings}}
	}
}

// expectNoLeftovers fails the test if the check did not remove what it created.
func (s *stage) expectNoLeftovers() {
	s.T.Helper()
	ctx, options := checktest.ContextOf(s.T), metav1.ListOptions{LabelSelector: selector}
	checktest.WaitFor(s.T, "the pod for the runChecks is gone", func() bool {
		pods, err := s.Client.CoreV1().Pods(s.Namespace).List(ctx, options)
		checktest.Must(s.T, err)
		return len(pods.Items) == 0
	})
	secrets, err := s.Client.CoreV1().Secrets(s.Namespace).List(ctx, options)
	checktest.Must(s.T, err)
	if len(secrets.Items) > 0 {
		s.T.Errorf("left behind: Secret %s", secrets.Items[0].Name)
	}
}

func (s *stage) runProbe(e *check.Env) check.Report {
	s.T.Helper()
	report := runChecks(s.T, e, inClusterID)
	s.expectNoLeftovers()
	return report
}

func TestPod_working(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	name := s.DatabaseName(t)
	checktest.Expect(t, s.runProbe(s.withPods(func(m *answers.MySQL) { m.Name = name })), inClusterID, check.Pass,
		"logged in; the server will create the database")

	_, err := s.Client.CoreV1().Secrets(s.Namespace).Create(t.Context(), &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Name: "database",
		},
		StringData: map[string]string{"password": s.Database.Password.Reveal()},
	}, metav1.CreateOptions{})
	checktest.Must(t, err)
	referenced := s.withPods(func(m *answers.MySQL) {
		m.Name, m.Password = name, answers.Source{SecretRef: &answers.SecretRef{Name: "database", Key: "password"}}
	})
	checktest.Expect(t, s.runProbe(referenced), inClusterID, check.Pass, "logged in")
	if _, err := s.Client.CoreV1().Secrets(s.Namespace).Get(t.Context(), "database", metav1.GetOptions{}); err != nil {
		t.Errorf("the user's own Secret: %v", err)
	}
}

// TestPod_restrictedNamespace runs the pod where only restricted pods are admitted.
func TestPod_restrictedNamespace(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	name := s.DatabaseName(t)
	patch := []byte(`{"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "restricted"}}}`)
	_, err := s.Client.CoreV1().Namespaces().Patch(t.Context(), s.Namespace, types.MergePatchType, patch,
		metav1.PatchOptions{})
	checktest.Must(t, err)
	checktest.Accept(t, s.runProbe(s.withPods(func(m *answers.MySQL) { m.Name = name })), inClusterID,
		"a namespace that enforces the restricted Pod Security level", check.Pass, "logged in")
}

// TestPod_webhookDown names the webhook in a skip; cluster.admission has the fault.
func TestPod_webhookDown(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	e := s.withPods()
	service := admissionv1.ServiceReference{Namespace: "not-there", Name: "kyverno-svc"}
	checktest.DeadWebhook(
		t, s.Cluster, s.Namespace, admissionv1.WebhookClientConfig{Service: &service}, admissionv1.Fail)
	var report check.Report
	checktest.WaitFor(t, "the API server calls the webhook", func() bool {
		report = s.runProbe(e)
		r, _ := report.ByID(inClusterID)
		return r.Status != check.Pass
	})
	checktest.Expect(t, report, inClusterID, check.Skipped,
		"the admission webhook "+s.Namespace+".example.com blocks the probe Secret: ",
		`service "kyverno-svc" not found`, "see cluster.admission")
}

func TestPod_faults(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	db := checktest.StartDatabase(t, testdb.Options{Address: s.HostAddress, Hosts: []string{s.HostAddress}})
	other := testdb.NewAuthority(t)
	closed := checktest.Listen(t, s.HostAddress)
	checktest.Must(t, closed.Close())
	at := func(change ...func(*answers.MySQL)) *check.Env {
		return s.withPods(append([]func(*answers.MySQL){func(m *answers.MySQL) {
			m.Host, m.Port, m.User, m.Password = db.Host, db.Port, "zenml", checktest.Plain(checktest.Canary)
			m.TLS = answers.TLS{Mode: answers.TLSVerifyFull, CA: checktest.Plain(string(db.Authority.PEM))}
		}}, change...)...)
	}
	checktest.Expect(t, s.runProbe(at()), inClusterID, check.Pass, "logged in")
	for name, c := range map[string]struct {
		change func(*answers.MySQL)
		say    []string
	}{
		"refused": {
			func(m *answers.MySQL) { m.Port = closed.Addr().(*net.TCPAddr).Port },
			[]string{"a pod cannot connect to", "refused"},
		},
		"no MySQL": {
			func(m *answers.MySQL) { m.Port = checktest.ServeSSH(t, s.HostAddress) },
			[]string{"does not speak MySQL", "SSH-2.0"},
		},
		"wrong password": {
			func(m *answers.MySQL) { m.Password = checktest.Plain("wrong") }, []string{"a pod cannot log in", "1045"},
		},
		"unknown authority": {
			func(m *answers.MySQL) { m.TLS.CA = checktest.Plain(string(other.PEM)) },
			[]string{"the TLS handshake of a pod", "certificate"},
		},
		"unknown name": {
			func(m *answers.MySQL) { m.Host = "database." + s.Namespace + ".svc.cluster.local" },
			[]string{"a pod cannot resolve database." + s.Namespace},
		},
		"no right": {func(m *answers.MySQL) { m.Name = "other" }, []string{"a pod cannot log in", "1044"}},
	} {
		t.Run(name, func(t *testing.T) {
			result := checktest.Expect(t, s.runProbe(at(c.change)), inClusterID, check.Failed, c.say...)
			if strings.Contains(result.Message+result.Remedy, checktest.Canary) {
				t.Error("the password shows")
			}
		})
	}
}

func TestPod_networkPolicy(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	_, err := s.Client.NetworkingV1().NetworkPolicies(s.Namespace).Create(t.Context(), &networkingv1.NetworkPolicy{
		ObjectMeta: metav1.ObjectMeta{
			Name: "deny-egress",
		},
		Spec: networkingv1.NetworkPolicySpec{PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeEgress}},
	}, metav1.CreateOptions{})
	checktest.Must(t, err)
	// The sandbox's network does not enforce policies: an unused address also causes a
	// timeout.
	e := s.withPods(func(m *answers.MySQL) { m.Host = "10.244.0.253" })
	checktest.Expect(t, s.runProbe(e), inClusterID, check.Failed, "a pod cannot connect to 10.244.0.253",
		"NetworkPolicy deny-egress")
}

// TestPod_onlyPodsReachDatabase creates a Service for the sandbox's database, whose name
// this machine cannot resolve.
func TestPod_onlyPodsReachDatabase(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	host := "database." + s.Namespace + ".svc.cluster.local"
	e := s.withPods(func(m *answers.MySQL) { m.Host, m.Port = host, 3306 })
	e.Resolver = checktest.Resolver(t, nil)
	_, err := s.Client.CoreV1().Services(s.Namespace).Create(t.Context(), &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{
			Name: "database",
		},
		Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Name: "mysql", Port: 3306}}},
	}, metav1.CreateOptions{})
	checktest.Must(t, err)
	name, port, protocol := "mysql", int32(s.Database.Port), corev1.ProtocolTCP //nolint:gosec // a port fits
	_, err = s.Client.DiscoveryV1().EndpointSlices(s.Namespace).Create(t.Context(), &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{
			Name:   "database",
			Labels: map[string]string{discoveryv1.LabelServiceName: "database"},
		},
		AddressType: discoveryv1.AddressTypeIPv4,
		Endpoints:   []discoveryv1.Endpoint{{Addresses: []string{s.HostAddress}}},
		Ports:       []discoveryv1.EndpointPort{{Name: &name, Port: &port, Protocol: &protocol}},
	}, metav1.CreateOptions{})
	checktest.Must(t, err)
	checktest.WaitFor(t, "pods reach the Service", func() bool {
		result, _ := runChecks(t, e, inClusterID).ByID(inClusterID)
		return result.Status == check.Pass
	})
	report := runChecks(t, e, "database")
	checktest.Expect(t, report, inClusterID, check.Pass, "a pod reached "+host)
	checktest.Expect(t, report, "database.resolve", check.Warned, "a pod in the cluster can connect")
	checktest.Expect(t, report, "database.connect", check.Skipped, "needs database.resolve")
	s.expectNoLeftovers()
}

func TestPod_notStarted(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	e := s.withPods()
	e.Answers.Values["server"].(map[string]any)["image"].(map[string]any)["repository"] = "127.0.0.1:1/none"
	checktest.Expect(t, s.runProbe(e), inClusterID, check.Failed, "did not start", "ErrImagePull")

	e = s.withPods(func(m *answers.MySQL) {
		m.Password = answers.Source{SecretRef: &answers.SecretRef{Name: "none", Key: "password"}}
	})
	report := s.runProbe(e)
	checktest.Expect(t, report, inClusterID, check.Skipped, "Secret none does not exist")
}

func TestPod_skipped(t *testing.T) {
	s := newStage(t)
	e := s.withPods()
	report, err := check.Run(t.Context(), Checks, e, check.Options{Only: []string{inClusterID}, ReadOnly: true}, nil)
	checktest.Must(t, err)
	checktest.Expect(t, report, inClusterID, check.Skipped, "--read-only")
	e.Answers.Cluster.Namespace = s.Namespace + "-later"
	checktest.Expect(t, runChecks(t, e, inClusterID), inClusterID, check.Skipped, "does not exist yet")
	e = s.withPods()
	e.Cluster = checktest.ServiceAccount(t, s.Cluster, s.Namespace)
	result, _ := runChecks(t, e, inClusterID).ByID(inClusterID)
	if result.Status != check.Skipped {
		t.Errorf("without the right to run pods: %s, %s", result.Status, result.Message)
	}
}

// TestPod_interruptedRun interrupts the run while the pod waits for a silent database,
// and removes what a killed run left.
func TestPod_interruptedRun(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	silent := checktest.Listen(t, s.HostAddress)
	t.Cleanup(func() { _ = silent.Close() })
	e := s.withPods(func(m *answers.MySQL) { m.Port = silent.Addr().(*net.TCPAddr).Port })
	ctx, stop := context.WithCancelCause(t.Context())
	interrupted := errors.New("interrupted by the user")
	go func() {
		if conn, err := silent.Accept(); err == nil { // the pod has come so far
			stop(interrupted)
			_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
			_, _ = conn.Read(make([]byte, 1)) // until its end
			_ = conn.Close()
		}
	}()
	report, err := check.Run(ctx, Checks, e, check.Options{Only: []string{inClusterID}}, nil)
	if !errors.Is(err, interrupted) {
		t.Errorf("the run ended with %v", err)
	}
	checktest.Expect(t, report, inClusterID, check.Skipped, "interrupted")
	s.expectNoLeftovers()

	left := metav1.ObjectMeta{
		Name: "left-over",
		Labels: map[string]string{
			"app.kubernetes.io/managed-by": "zenml-installer",
			"app.kubernetes.io/component":  "preflight",
		},
	}
	_, err = s.Client.CoreV1().Secrets(s.Namespace).Create(t.Context(), &corev1.Secret{ObjectMeta: left},
		metav1.CreateOptions{})
	checktest.Must(t, err)
	later := s.withPods()
	later.Now = func() time.Time { return time.Now().Add(time.Hour) }
	runChecks(t, later, inClusterID)
	_, err = s.Client.CoreV1().Secrets(s.Namespace).Get(t.Context(), left.Name, metav1.GetOptions{})
	if !apierrors.IsNotFound(err) {
		t.Errorf("what an earlier run has left is still there: %v", err)
	}
}
