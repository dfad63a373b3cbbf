package probepod

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// accountProbe prepares a pod that needs the ServiceAccount of a chart that is not
// installed.
func (s *stage) accountProbe(rules ...rbacv1.PolicyRule) (*probePod, error) {
	s.T.Helper()
	e := checktest.WithCluster(s.T, s.Access(), s.Namespace)
	if len(rules) > 0 {
		e.Cluster = checktest.ServiceAccount(s.T, s.Cluster, s.Namespace, rules...)
	}
	e = e.Begin(s.T.Context(), check.Options{})
	s.T.Cleanup(e.End)
	return newProbePod(s.T.Context(), e, identityStore{"secretsStore", answers.AWSStore{}}.task())
}

func (s *stage) hasAccount(name string) bool {
	s.T.Helper()
	_, err := s.Client.CoreV1().ServiceAccounts(s.Namespace).Get(s.T.Context(), name, metav1.GetOptions{})
	return !apierrors.IsNotFound(err)
}

// lostReply executes requests that create a ServiceAccount and then fails.
type lostReply struct{ http.RoundTripper }

func (l lostReply) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := l.RoundTripper.RoundTrip(r)
	if err == nil && r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/serviceaccounts") {
		_ = response.Body.Close()
		return nil, context.DeadlineExceeded
	}
	return response, err
}

func TestRemoveAccount_lostReply(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	probe, err := s.accountProbe()
	checktest.Must(t, err)
	config, err := s.Access().Config()
	checktest.Must(t, err)
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return lostReply{next} })
	probe.client, err = kubernetes.NewForConfig(config)
	checktest.Must(t, err)
	if probe.createAccount(t.Context()) == nil || !s.hasAccount(probe.account.Name) {
		t.Fatal("the reply arrived, or the ServiceAccount was not created")
	}
	probe.removeAccount(t.Context())
	if s.hasAccount(probe.account.Name) {
		t.Error("the ServiceAccount is left")
	}
}

func TestRemoveAccount_notAllowed(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	probe, err := s.accountProbe(
		rbacv1.PolicyRule{APIGroups: all, Resources: all, Verbs: []string{"get", "list", "create"}},
		rbacv1.PolicyRule{APIGroups: all, Resources: []string{"pods", "secrets"}, Verbs: all})
	checktest.Must(t, err)
	err = probe.checkRemovable(t.Context())
	if err == nil || !strings.Contains(err.Error(), "you cannot delete serviceaccounts") {
		t.Errorf("the check continues: %v", err)
	}
}

// TestRemoveLeftovers_account removes what a killed run left, but not what an install
// uses now.
func TestRemoveLeftovers_account(t *testing.T) {
	t.Parallel()
	for name, adopt := range map[string]func(*stage, *corev1.ServiceAccount){
		"unused": nil,
		"released": func(s *stage, a *corev1.ServiceAccount) {
			_, err := s.Client.CoreV1().Secrets(s.Namespace).Create(s.T.Context(), &corev1.Secret{
				ObjectMeta: metav1.ObjectMeta{Name: "sh.helm.release.v1.zenml.v1", Labels: map[string]string{
					"owner": "helm", "name": a.Annotations["meta.helm.sh/release-name"]}}}, metav1.CreateOptions{})
			checktest.Must(s.T, err)
		},
		"applied": func(s *stage, a *corev1.ServiceAccount) {
			a.Annotations[corev1.LastAppliedConfigAnnotation] = "{}"
			_, err := s.Client.CoreV1().ServiceAccounts(s.Namespace).Update(s.T.Context(), a, metav1.UpdateOptions{})
			checktest.Must(s.T, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			probe, err := s.accountProbe()
			checktest.Must(t, err)
			checktest.Must(t, probe.createAccount(t.Context()))
			account := probe.account
			if adopt != nil {
				adopt(s, account)
			}
			RemoveLeftovers(t.Context(), s.Client, s.Namespace, time.Now())
			if !s.hasAccount(account.Name) {
				t.Error("the ServiceAccount of a live run was removed")
			}
			RemoveLeftovers(t.Context(), s.Client, s.Namespace, time.Now().Add(2*staleAge))
			if s.hasAccount(account.Name) != (adopt != nil) {
				t.Errorf("there: %v", s.hasAccount(account.Name))
			}
			probe.removeAccount(t.Context())
			if s.hasAccount(account.Name) != (adopt != nil) {
				t.Errorf("there after the run's own removal: %v", s.hasAccount(account.Name))
			}
		})
	}
}
