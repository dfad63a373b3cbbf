package probepod

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

const inClusterID = "database.in-cluster"

// withPods is an install into the stage's namespace and the sandbox's own
// database, whose chart renders the sandbox's image.
func (s *stage) withPods(change ...func(*answers.MySQL)) *check.Env {
	s.T.Helper()
	if !s.RealNodes {
		s.T.Skip("needs a node that runs containers")
	}
	checktest.WaitFor(s.T, "the service account default", func() bool {
		_, err := s.Client.CoreV1().ServiceAccounts(s.Namespace).Get(s.T.Context(), "default", metav1.GetOptions{})
		return err == nil
	})
	repository, tag, _ := strings.Cut(s.Charts["current"].Image, ":")
	d := s.Database
	m := answers.MySQL{Host: d.Host, Port: d.Port, Name: "zenml", User: d.User, Password: answers.Source{Value: d.Password}, TLS: answers.TLS{Mode: answers.TLSOff}}
	for _, c := range change {
		c(&m)
	}
	return checktest.WithCluster(s.T, s.Access(), s.Namespace, func(a *answers.Answers) {
		a.Database = answers.Database{Type: answers.MySQLDatabase, MySQL: m}
		a.Values = map[string]any{"server": map[string]any{"image": map[string]any{"repository": repository, "tag": tag, "pullPolicy": "IfNotPresent"}}}
	})
}

// nothingLeft holds the check to removing what it made.
func (s *stage) nothingLeft() {
	s.T.Helper()
	ctx, options := checktest.ContextOf(s.T), metav1.ListOptions{LabelSelector: lookSelector}
	checktest.WaitFor(s.T, "the pod for the look is gone", func() bool {
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

func (s *stage) lookIn(e *check.Env) check.Report {
	s.T.Helper()
	report := look(s.T, e, inClusterID)
	s.nothingLeft()
	return report
}

func TestPodThatReachesTheDatabase(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	name := s.DatabaseName(t)
	checktest.Expect(t, s.lookIn(s.withPods(func(m *answers.MySQL) { m.Name = name })), inClusterID, check.Pass, "logs in; the server will create the database")

	_, err := s.Client.CoreV1().Secrets(s.Namespace).Create(t.Context(), &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "database"}, StringData: map[string]string{"password": s.Database.Password.Reveal()},
	}, metav1.CreateOptions{})
	checktest.Must(t, err)
	referenced := s.withPods(func(m *answers.MySQL) {
		m.Name, m.Password = name, answers.Source{SecretRef: &answers.SecretRef{Name: "database", Key: "password"}}
	})
	checktest.Expect(t, s.lookIn(referenced), inClusterID, check.Pass, "logs in")
	if _, err := s.Client.CoreV1().Secrets(s.Namespace).Get(t.Context(), "database", metav1.GetOptions{}); err != nil {
		t.Errorf("the user's own Secret: %v", err)
	}
}

func TestPodFaults(t *testing.T) {
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
	checktest.Expect(t, s.lookIn(at()), inClusterID, check.Pass, "logs in")
	for name, c := range map[string]struct {
		change func(*answers.MySQL)
		say    []string
	}{
		"refused":           {func(m *answers.MySQL) { m.Port = closed.Addr().(*net.TCPAddr).Port }, []string{"a pod does not reach", "refused"}},
		"no MySQL":          {func(m *answers.MySQL) { m.Port = checktest.ServeSSH(t, s.HostAddress) }, []string{"does not speak MySQL", "SSH-2.0"}},
		"wrong password":    {func(m *answers.MySQL) { m.Password = checktest.Plain("wrong") }, []string{"a pod may not log in", "1045"}},
		"unknown authority": {func(m *answers.MySQL) { m.TLS.CA = checktest.Plain(string(other.PEM)) }, []string{"seen from a pod, TLS", "certificate"}},
		"unknown name":      {func(m *answers.MySQL) { m.Host = "database." + s.Namespace + ".svc.cluster.local" }, []string{"a pod does not resolve database." + s.Namespace}},
		"no right":          {func(m *answers.MySQL) { m.Name = "other" }, []string{"a pod may not log in", "1044"}},
	} {
		t.Run(name, func(t *testing.T) {
			result := checktest.Expect(t, s.lookIn(at(c.change)), inClusterID, check.Failed, c.say...)
			if strings.Contains(result.Message+result.Hint, checktest.Canary) {
				t.Error("the password shows")
			}
		})
	}
}

func TestPodBehindANetworkPolicy(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	_, err := s.Client.NetworkingV1().NetworkPolicies(s.Namespace).Create(t.Context(), &networkingv1.NetworkPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: "deny-egress"}, Spec: networkingv1.NetworkPolicySpec{PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeEgress}},
	}, metav1.CreateOptions{})
	checktest.Must(t, err)
	// The sandbox's network does not enforce policies: an address that nobody
	// has gives the same silence.
	e := s.withPods(func(m *answers.MySQL) { m.Host = "10.244.0.253" })
	checktest.Expect(t, s.lookIn(e), inClusterID, check.Failed, "a pod does not reach 10.244.0.253", "NetworkPolicy deny-egress")
}

// TestDatabaseThatOnlyPodsReach leads a Service of the cluster to the
// sandbox's database: its name means nothing to this machine.
func TestDatabaseThatOnlyPodsReach(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	host := "database." + s.Namespace + ".svc.cluster.local"
	e := s.withPods(func(m *answers.MySQL) { m.Host, m.Port = host, 3306 })
	e.Resolver = checktest.Resolver(t, nil)
	_, err := s.Client.CoreV1().Services(s.Namespace).Create(t.Context(), &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "database"}, Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Name: "mysql", Port: 3306}}},
	}, metav1.CreateOptions{})
	checktest.Must(t, err)
	name, port, protocol := "mysql", int32(s.Database.Port), corev1.ProtocolTCP //nolint:gosec // a port fits
	_, err = s.Client.DiscoveryV1().EndpointSlices(s.Namespace).Create(t.Context(), &discoveryv1.EndpointSlice{
		ObjectMeta:  metav1.ObjectMeta{Name: "database", Labels: map[string]string{discoveryv1.LabelServiceName: "database"}},
		AddressType: discoveryv1.AddressTypeIPv4, Endpoints: []discoveryv1.Endpoint{{Addresses: []string{s.HostAddress}}},
		Ports: []discoveryv1.EndpointPort{{Name: &name, Port: &port, Protocol: &protocol}},
	}, metav1.CreateOptions{})
	checktest.Must(t, err)
	checktest.WaitFor(t, "pods reach the Service", func() bool {
		result, _ := look(t, e, inClusterID).ByID(inClusterID)
		return result.Status == check.Pass
	})
	report := look(t, e, "database")
	checktest.Expect(t, report, inClusterID, check.Pass, "a pod reaches "+host)
	checktest.Expect(t, report, "database.resolve", check.Warned, "a pod in the cluster reaches it")
	checktest.Expect(t, report, "database.connect", check.Skipped, "needs database.resolve")
	s.nothingLeft()
}

func TestPodThatCannotStart(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	e := s.withPods()
	e.Answers.Values["server"].(map[string]any)["image"].(map[string]any)["repository"] = "127.0.0.1:1/none"
	checktest.Expect(t, s.lookIn(e), inClusterID, check.Failed, "does not start", "ErrImagePull")

	e = s.withPods(func(m *answers.MySQL) {
		m.Password = answers.Source{SecretRef: &answers.SecretRef{Name: "none", Key: "password"}}
	})
	report := s.lookIn(e)
	checktest.Expect(t, report, inClusterID, check.Skipped, "there is no Secret none")
}

func TestPodThatIsNotRun(t *testing.T) {
	s := newStage(t)
	e := s.withPods()
	report, err := check.Run(t.Context(), Checks, e, check.Options{Only: []string{inClusterID}, ReadOnly: true}, nil)
	checktest.Must(t, err)
	checktest.Expect(t, report, inClusterID, check.Skipped, "--read-only")
	e.Answers.Cluster.Namespace = s.Namespace + "-later"
	checktest.Expect(t, look(t, e, inClusterID), inClusterID, check.Skipped, "does not exist yet")
	e = s.withPods()
	e.Cluster = checktest.ServiceAccount(t, s.Cluster, s.Namespace)
	result, _ := look(t, e, inClusterID).ByID(inClusterID)
	if result.Status != check.Skipped {
		t.Errorf("without the right to run pods: %s, %s", result.Status, result.Message)
	}
}

// TestPodOfAnInterruptedRun interrupts the run while the pod waits for a
// database that says nothing, and tidies what a run ended by force has left.
func TestPodOfAnInterruptedRun(t *testing.T) {
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
	s.nothingLeft()

	left := metav1.ObjectMeta{Name: "left-over", Labels: map[string]string{"app.kubernetes.io/managed-by": "zenml-installer", "app.kubernetes.io/component": "preflight"}}
	_, err = s.Client.CoreV1().Secrets(s.Namespace).Create(t.Context(), &corev1.Secret{ObjectMeta: left}, metav1.CreateOptions{})
	checktest.Must(t, err)
	later := s.withPods()
	later.Now = func() time.Time { return time.Now().Add(time.Hour) }
	look(t, later, inClusterID)
	_, err = s.Client.CoreV1().Secrets(s.Namespace).Get(t.Context(), left.Name, metav1.GetOptions{})
	if !apierrors.IsNotFound(err) {
		t.Errorf("what an earlier run has left is still there: %v", err)
	}
}
