package checks

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

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

const inClusterID = "database.in-cluster"

// withPods is an install into the stage's namespace and the sandbox's own
// database, whose chart renders the sandbox's image.
func (s *stage) withPods(change ...func(*answers.MySQL)) *Env {
	s.t.Helper()
	if !s.RealNodes {
		s.t.Skip("needs a node that runs containers")
	}
	waitFor(s.t, "the service account default", func() bool {
		_, err := s.client.CoreV1().ServiceAccounts(s.namespace).Get(s.t.Context(), "default", metav1.GetOptions{})
		return err == nil
	})
	repository, tag, _ := strings.Cut(s.Charts["current"].Image, ":")
	d := s.Database
	m := answers.MySQL{Host: d.Host, Port: d.Port, Name: "zenml", User: d.User, Password: answers.Source{Value: d.Password}, TLS: answers.TLS{Mode: answers.TLSOff}}
	for _, c := range change {
		c(&m)
	}
	return withCluster(s.t, s.Access(), s.namespace, func(a *answers.Answers) {
		a.Database = answers.Database{Type: answers.MySQLDatabase, MySQL: m}
		a.Values = map[string]any{"server": map[string]any{"image": map[string]any{"repository": repository, "tag": tag, "pullPolicy": "IfNotPresent"}}}
	})
}

// nothingLeft holds the check to removing what it made.
func (s *stage) nothingLeft() {
	s.t.Helper()
	ctx, options := contextOf(s.t), metav1.ListOptions{LabelSelector: lookSelector}
	waitFor(s.t, "the pod for the look is gone", func() bool {
		pods, err := s.client.CoreV1().Pods(s.namespace).List(ctx, options)
		must(s.t, err)
		return len(pods.Items) == 0
	})
	secrets, err := s.client.CoreV1().Secrets(s.namespace).List(ctx, options)
	must(s.t, err)
	if len(secrets.Items) > 0 {
		s.t.Errorf("left behind: Secret %s", secrets.Items[0].Name)
	}
}

func (s *stage) lookIn(e *Env) Report {
	s.t.Helper()
	report := look(s.t, e, inClusterID)
	s.nothingLeft()
	return report
}

func TestPodThatReachesTheDatabase(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	name := s.DatabaseName(t)
	expect(t, s.lookIn(s.withPods(func(m *answers.MySQL) { m.Name = name })), inClusterID, Pass, "logs in; the server will create the database")

	_, err := s.client.CoreV1().Secrets(s.namespace).Create(t.Context(), &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "database"}, StringData: map[string]string{"password": s.Database.Password.Reveal()},
	}, metav1.CreateOptions{})
	must(t, err)
	referenced := s.withPods(func(m *answers.MySQL) {
		m.Name, m.Password = name, answers.Source{SecretRef: &answers.SecretRef{Name: "database", Key: "password"}}
	})
	expect(t, s.lookIn(referenced), inClusterID, Pass, "logs in")
	if _, err := s.client.CoreV1().Secrets(s.namespace).Get(t.Context(), "database", metav1.GetOptions{}); err != nil {
		t.Errorf("the user's own Secret: %v", err)
	}
}

func TestPodFaults(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	db := start(t, testdb.Options{Address: s.HostAddress, Hosts: []string{s.HostAddress}})
	other := testdb.NewAuthority(t)
	closed := listen(t, s.HostAddress)
	must(t, closed.Close())
	at := func(change ...func(*answers.MySQL)) *Env {
		return s.withPods(append([]func(*answers.MySQL){func(m *answers.MySQL) {
			m.Host, m.Port, m.User, m.Password = db.Host, db.Port, "zenml", plain(canary)
			m.TLS = answers.TLS{Mode: answers.TLSVerifyFull, CA: plain(string(db.Authority.PEM))}
		}}, change...)...)
	}
	expect(t, s.lookIn(at()), inClusterID, Pass, "logs in")
	for name, c := range map[string]struct {
		change func(*answers.MySQL)
		say    []string
	}{
		"refused":           {func(m *answers.MySQL) { m.Port = closed.Addr().(*net.TCPAddr).Port }, []string{"a pod does not reach", "refused"}},
		"no MySQL":          {func(m *answers.MySQL) { m.Port = ssh(t, s.HostAddress) }, []string{"does not speak MySQL", "SSH-2.0"}},
		"wrong password":    {func(m *answers.MySQL) { m.Password = plain("wrong") }, []string{"a pod may not log in", "1045"}},
		"unknown authority": {func(m *answers.MySQL) { m.TLS.CA = plain(string(other.PEM)) }, []string{"seen from a pod, TLS", "certificate"}},
		"unknown name":      {func(m *answers.MySQL) { m.Host = "database." + s.namespace + ".svc.cluster.local" }, []string{"a pod does not resolve database." + s.namespace}},
		"no right":          {func(m *answers.MySQL) { m.Name = "other" }, []string{"a pod may not log in", "1044"}},
	} {
		t.Run(name, func(t *testing.T) {
			result := expect(t, s.lookIn(at(c.change)), inClusterID, Failed, c.say...)
			if strings.Contains(result.Message+result.Hint, canary) {
				t.Error("the password shows")
			}
		})
	}
}

func TestPodBehindANetworkPolicy(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	_, err := s.client.NetworkingV1().NetworkPolicies(s.namespace).Create(t.Context(), &networkingv1.NetworkPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: "deny-egress"}, Spec: networkingv1.NetworkPolicySpec{PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeEgress}},
	}, metav1.CreateOptions{})
	must(t, err)
	// The sandbox's network does not enforce policies: an address that nobody
	// has gives the same silence.
	e := s.withPods(func(m *answers.MySQL) { m.Host = "10.244.0.253" })
	expect(t, s.lookIn(e), inClusterID, Failed, "a pod does not reach 10.244.0.253", "NetworkPolicy deny-egress")
}

// TestDatabaseThatOnlyPodsReach leads a Service of the cluster to the
// sandbox's database: its name means nothing to this machine.
func TestDatabaseThatOnlyPodsReach(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	host := "database." + s.namespace + ".svc.cluster.local"
	e := s.withPods(func(m *answers.MySQL) { m.Host, m.Port = host, 3306 })
	e.Resolver = resolver(t, nil)
	_, err := s.client.CoreV1().Services(s.namespace).Create(t.Context(), &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "database"}, Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Name: "mysql", Port: 3306}}},
	}, metav1.CreateOptions{})
	must(t, err)
	name, port, protocol := "mysql", int32(s.Database.Port), corev1.ProtocolTCP //nolint:gosec // a port fits
	_, err = s.client.DiscoveryV1().EndpointSlices(s.namespace).Create(t.Context(), &discoveryv1.EndpointSlice{
		ObjectMeta:  metav1.ObjectMeta{Name: "database", Labels: map[string]string{discoveryv1.LabelServiceName: "database"}},
		AddressType: discoveryv1.AddressTypeIPv4, Endpoints: []discoveryv1.Endpoint{{Addresses: []string{s.HostAddress}}},
		Ports: []discoveryv1.EndpointPort{{Name: &name, Port: &port, Protocol: &protocol}},
	}, metav1.CreateOptions{})
	must(t, err)
	waitFor(t, "pods reach the Service", func() bool {
		result, _ := look(t, e, inClusterID).ByID(inClusterID)
		return result.Status == Pass
	})
	report := look(t, e, "database")
	expect(t, report, inClusterID, Pass, "a pod reaches "+host)
	expect(t, report, "database.resolve", Warned, "a pod in the cluster reaches it")
	expect(t, report, "database.connect", Skipped, "needs database.resolve")
	s.nothingLeft()
}

func TestPodThatCannotStart(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	e := s.withPods()
	e.Answers.Values["server"].(map[string]any)["image"].(map[string]any)["repository"] = "127.0.0.1:1/none"
	expect(t, s.lookIn(e), inClusterID, Failed, "does not start", "ErrImagePull")

	e = s.withPods(func(m *answers.MySQL) {
		m.Password = answers.Source{SecretRef: &answers.SecretRef{Name: "none", Key: "password"}}
	})
	report := s.lookIn(e)
	expect(t, report, inClusterID, Skipped, "there is no Secret none")
}

func TestPodThatIsNotRun(t *testing.T) {
	s := newStage(t)
	e := s.withPods()
	report, err := run(t.Context(), Table, e, Options{Only: []string{inClusterID}, ReadOnly: true}, nil)
	must(t, err)
	expect(t, report, inClusterID, Skipped, "--read-only")
	e.Answers.Cluster.Namespace = s.namespace + "-later"
	expect(t, look(t, e, inClusterID), inClusterID, Skipped, "does not exist yet")
	e = s.withPods()
	e.Cluster = serviceAccount(t, s.Cluster, s.namespace)
	result, _ := look(t, e, inClusterID).ByID(inClusterID)
	if result.Status != Skipped {
		t.Errorf("without the right to run pods: %s, %s", result.Status, result.Message)
	}
}

// TestPodOfAnInterruptedRun interrupts the run while the pod waits for a
// database that says nothing, and tidies what a run ended by force has left.
func TestPodOfAnInterruptedRun(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	silent := listen(t, s.HostAddress)
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
	report, err := run(ctx, Table, e, Options{Only: []string{inClusterID}}, nil)
	if !errors.Is(err, interrupted) {
		t.Errorf("the run ended with %v", err)
	}
	expect(t, report, inClusterID, Skipped, "interrupted")
	s.nothingLeft()

	left := metav1.ObjectMeta{Name: "left-over", Labels: map[string]string{"app.kubernetes.io/managed-by": "zenml-installer", "app.kubernetes.io/component": "preflight"}}
	_, err = s.client.CoreV1().Secrets(s.namespace).Create(t.Context(), &corev1.Secret{ObjectMeta: left}, metav1.CreateOptions{})
	must(t, err)
	later := s.withPods()
	later.Now = func() time.Time { return time.Now().Add(time.Hour) }
	look(t, later, inClusterID)
	_, err = s.client.CoreV1().Secrets(s.namespace).Get(t.Context(), left.Name, metav1.GetOptions{})
	if !apierrors.IsNotFound(err) {
		t.Errorf("what an earlier run has left is still there: %v", err)
	}
}
