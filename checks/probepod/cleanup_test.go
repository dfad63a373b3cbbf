package probepod

import (
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"

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
	b.Word, b.Seen = name, func() { s.allow(e, less) } // the pod has come as far as the database's name
	result := checktest.Expect(t, runChecks(t, e, inClusterID), inClusterID, check.Warned, "logged in",
		"left behind: pod and secret zenml-preflight-", "kubectl -n "+s.Namespace+" delete pod,secret zenml-preflight-")
	if strings.Contains(result.Message, "no result") {
		t.Error(result.Message)
	}
	leftovers := s.leftovers()
	if len(leftovers) != 2 {
		t.Errorf("there are %v", leftovers)
	}

	checktest.Expect(t, runChecks(t, e, inClusterID), inClusterID, check.Skipped, "you cannot delete pods", "left behind")
	if now := s.leftovers(); !slices.Equal(now, leftovers) {
		t.Errorf("leftovers all the same: %v beside %v", now, leftovers)
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
