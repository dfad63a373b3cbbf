package probepod

import (
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"

	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var all = []string{"*"}

// TestRemove_notAllowed removes the permission to delete before and during the check.
func TestRemove_notAllowed(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	whole := rbacv1.PolicyRule{APIGroups: all, Resources: all, Verbs: all}
	less := rbacv1.PolicyRule{
		APIGroups: all,
		Resources: all,
		Verbs:     []string{"get", "list", "watch", "create", "update", "patch"},
	}
	name := s.DatabaseName(t)

	b := &checktest.Between{Target: net.JoinHostPort(s.Database.Host, strconv.Itoa(s.Database.Port))}
	port := b.Listen(t, s.HostAddress)
	e := s.withPods(func(m *answers.MySQL) { m.Host, m.Port, m.Name = s.HostAddress, port, name })
	e.Cluster = checktest.ServiceAccount(t, s.Cluster, s.Namespace, whole)
	b.Word, b.Seen = name, func() { s.allow(e, less) } // the pod has selected the database
	result := checktest.Expect(t, runChecks(t, e, inClusterID), inClusterID, check.Warned, "logged in",
		"left behind: pod and secret zenml-preflight-", "kubectl -n "+s.Namespace+" delete pod,secret zenml-preflight-")
	if strings.Contains(result.Message, "no result") {
		t.Error(result.Message)
	}
	leftovers := s.leftovers()
	if len(leftovers) != 2 {
		t.Errorf("there are %v", leftovers)
	}

	checktest.Expect(t, runChecks(t, e, inClusterID), inClusterID, check.Skipped, "you cannot delete pods",
		"could not be removed")
	if now := s.leftovers(); !slices.Equal(now, leftovers) {
		t.Errorf("created although it cannot be removed: %v, before: %v", now, leftovers)
	}
}

// allow changes the permissions of the restricted account and waits for the change.
func (s *stage) allow(e *check.Env, rule rbacv1.PolicyRule) {
	roles := s.Client.RbacV1().Roles(s.Namespace)
	role, err := roles.Get(checktest.ContextOf(s.T), "restricted", metav1.GetOptions{})
	if err == nil {
		role.Rules = []rbacv1.PolicyRule{rule}
		_, err = roles.Update(checktest.ContextOf(s.T), role, metav1.UpdateOptions{})
	}
	if err != nil {
		s.T.Error(err)
	}
	for _, kind := range []string{"pods", "secrets"} {
		for may := true; may && err == nil && s.T.Context().Err() == nil; {
			may, err = check.Allowed(s.T.Context(), e,
				authorizationv1.ResourceAttributes{Namespace: s.Namespace, Verb: "delete", Resource: kind})
		}
	}
}

// leftovers lists what the check created in the test's namespace.
func (s *stage) leftovers() []string {
	s.T.Helper()
	ctx, options := checktest.ContextOf(s.T), metav1.ListOptions{LabelSelector: selector}
	pods, err := s.Client.CoreV1().Pods(s.Namespace).List(ctx, options)
	checktest.Must(s.T, err)
	secrets, err := s.Client.CoreV1().Secrets(s.Namespace).List(ctx, options)
	checktest.Must(s.T, err)
	var names []string
	for _, p := range pods.Items {
		names = append(names, "pod "+p.Name)
	}
	for _, o := range secrets.Items {
		names = append(names, "secret "+o.Name)
	}
	return names
}

// killedRun is the input of the process that TestRemoveLeftovers_killedRun
// kills.
type killedRun struct {
	Kubeconfig, Namespace, Image, Host, Password string
	Port                                         int
}

const killedRunVariable = "ZENML_TEST_KILLED_RUN"

// TestKilledRun is the process that is killed. It does nothing in other runs.
func TestKilledRun(t *testing.T) {
	var k killedRun
	if json.Unmarshal([]byte(os.Getenv(killedRunVariable)), &k) != nil {
		return
	}
	m := answers.MySQL{
		Host: k.Host, Port: k.Port, Name: "zenml", User: "zenml", Password: checktest.Plain(k.Password),
		TLS: answers.TLS{Mode: answers.TLSOff},
	}
	e := checktest.WithCluster(t, checktest.AccessBy(k.Kubeconfig, ""), k.Namespace, withImage(k.Image, m))
	_, err := check.Run(t.Context(), Checks, e, check.Options{Only: []string{inClusterID}}, nil)
	t.Fatalf("the run was not killed: %v", err)
}

// TestRemoveLeftovers_killedRun kills a preflight while its pod waits for the database.
// A later run removes the pod, the Secret with the password and the deadline.
func TestRemoveLeftovers_killedRun(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	silent := checktest.Listen(t, s.HostAddress)
	t.Cleanup(func() { _ = silent.Close() })
	s.withPods()
	run, err := json.Marshal(killedRun{
		Kubeconfig: s.Kubeconfig, Namespace: s.Namespace, Image: s.Charts["current"].Image, Host: s.HostAddress,
		Port: silent.Addr().(*net.TCPAddr).Port, Password: checktest.Canary,
	})
	checktest.Must(t, err)
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledRun$")
	command.Env = append(os.Environ(), killedRunVariable+"="+string(run))
	checktest.Must(t, command.Start())
	conn, err := silent.Accept() // by the pod
	checktest.Must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	checktest.Must(t, command.Process.Kill())
	_ = command.Wait() // it was killed
	if left := s.leftovers(); len(left) != 2 {
		t.Fatalf("left by the killed run: %v", left)
	}
	s.expectOwned()
	later := s.withPods()
	later.Now = func() time.Time { return time.Now().Add(2 * staleAge) }
	checktest.Expect(t, runChecks(t, later, inClusterID), inClusterID, check.Pass)
	s.expectNoLeftovers()
}

// expectOwned fails the test if the cluster would never delete the pod or the
// Secret.
func (s *stage) expectOwned() {
	s.T.Helper()
	ctx, options := checktest.ContextOf(s.T), metav1.ListOptions{LabelSelector: selector}
	jobs, err := s.Client.BatchV1().Jobs(s.Namespace).List(ctx, options)
	checktest.Must(s.T, err)
	if len(jobs.Items) != 1 {
		s.T.Fatalf("%d deadlines", len(jobs.Items))
	}
	pods, err := s.Client.CoreV1().Pods(s.Namespace).List(ctx, options)
	checktest.Must(s.T, err)
	secrets, err := s.Client.CoreV1().Secrets(s.Namespace).List(ctx, options)
	checktest.Must(s.T, err)
	for _, owners := range [][]metav1.OwnerReference{pods.Items[0].OwnerReferences, secrets.Items[0].OwnerReferences} {
		if len(owners) != 1 || owners[0].UID != jobs.Items[0].UID {
			s.T.Errorf("the owners are %v", owners)
		}
	}
}

// TestDeadline waits until the cluster deletes what a killed run left.
func TestDeadline(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	e := s.withPods().Begin(t.Context(), check.Options{})
	t.Cleanup(e.End)
	probe, err := newProbePod(t.Context(), e, databaseTask(e))
	checktest.Must(t, err)
	probe.ttl = 1
	probe.pod.Spec.Containers[0].Command = []string{"zenml", "pause"}
	checktest.Must(t, probe.create(t.Context()))
	checktest.WaitFor(t, "the cluster deletes the pod and the Secret", func() bool { return len(s.leftovers()) == 0 })
	jobs, err := s.Client.BatchV1().Jobs(s.Namespace).List(t.Context(), metav1.ListOptions{LabelSelector: selector})
	checktest.Must(t, err)
	if len(jobs.Items) != 0 {
		t.Errorf("the deadline is still there: %v", jobs.Items[0].Status)
	}
}

// TestDeadline_notAllowed checks that the pod owns the Secret if the user cannot create
// Jobs.
func TestDeadline_notAllowed(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	e := s.withPods()
	core := rbacv1.PolicyRule{APIGroups: []string{""}, Resources: all, Verbs: all}
	e.Cluster = checktest.ServiceAccount(t, s.Cluster, s.Namespace, core)
	e = e.Begin(t.Context(), check.Options{})
	t.Cleanup(e.End)
	probe, err := newProbePod(t.Context(), e, databaseTask(e))
	checktest.Must(t, err)
	checktest.Must(t, probe.create(t.Context()))
	owners := probe.secret.OwnerReferences
	if probe.deadline != nil || len(owners) != 1 || owners[0].UID != probe.pod.UID || owners[0].UID == "" {
		t.Errorf("deadline %v, owners %v", probe.deadline, owners)
	}
	probe.remove(t.Context())
	s.expectNoLeftovers()
}
