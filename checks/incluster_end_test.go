package checks

import (
	authorizationv1 "k8s.io/api/authorization/v1"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var all = []string{"*"}

// TestPodThatMayNotBeRemoved takes the right to delete away, before the look
// and while it lasts.
func TestPodThatMayNotBeRemoved(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	whole := rbacv1.PolicyRule{APIGroups: all, Resources: all, Verbs: all}
	less := rbacv1.PolicyRule{APIGroups: all, Resources: all, Verbs: []string{"get", "list", "watch", "create", "update", "patch"}}
	name := s.DatabaseName(t)

	b := &between{target: net.JoinHostPort(s.Database.Host, strconv.Itoa(s.Database.Port))}
	port := b.listen(t, s.HostAddress)
	e := s.withPods(func(m *answers.MySQL) { m.Host, m.Port, m.Name = s.HostAddress, port, name })
	e.Cluster = serviceAccount(t, s.Cluster, s.namespace, whole)
	b.word, b.seen = name, func() { s.allow(e, less) } // the pod has come as far as the database's name
	result := expect(t, look(t, e, inClusterID), inClusterID, Warned, "logs in", "left behind: pod and secret zenml-preflight-", "kubectl -n "+s.namespace+" delete pod,secret zenml-preflight-")
	if strings.Contains(result.Message, "no result") {
		t.Error(result.Message)
	}
	made := s.made()
	if len(made) != 2 {
		t.Errorf("there are %v", made)
	}

	expect(t, look(t, e, inClusterID), inClusterID, Skipped, "you may not delete pods", "would stay")
	if now := s.made(); !slices.Equal(now, made) {
		t.Errorf("made all the same: %v beside %v", now, made)
	}
}

// allow changes what the restricted account may do, and waits until it is so.
func (s *stage) allow(e *Env, rule rbacv1.PolicyRule) {
	roles := s.client.RbacV1().Roles(s.namespace)
	role, err := roles.Get(contextOf(s.t), "restricted", metav1.GetOptions{})
	if err == nil {
		role.Rules = []rbacv1.PolicyRule{rule}
		_, err = roles.Update(contextOf(s.t), role, metav1.UpdateOptions{})
	}
	if err != nil {
		s.t.Error(err)
	}
	for _, kind := range []string{"pods", "secrets"} {
		for may := true; may && err == nil && s.t.Context().Err() == nil; {
			may, err = e.allowed(s.t.Context(), authorizationv1.ResourceAttributes{Namespace: s.namespace, Verb: "delete", Resource: kind})
		}
	}
}

// made are the names of what looks have made in the stage's namespace.
func (s *stage) made() []string {
	s.t.Helper()
	ctx, options := contextOf(s.t), metav1.ListOptions{LabelSelector: lookSelector}
	pods, err := s.client.CoreV1().Pods(s.namespace).List(ctx, options)
	must(s.t, err)
	secrets, err := s.client.CoreV1().Secrets(s.namespace).List(ctx, options)
	must(s.t, err)
	var names []string
	for _, p := range pods.Items {
		names = append(names, "pod "+p.Name)
	}
	for _, o := range secrets.Items {
		names = append(names, "secret "+o.Name)
	}
	return names
}
