package checks

import (
	"context"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// onlyWith refuses every pod of the namespace but those with this account and
// these pull secrets, and without the account's token.
func (s *stage) onlyWith(e *Env, account, pullSecrets string) {
	s.t.Helper()
	policy(s.t, s.Cluster, s.namespace, s.namespace, "pods", "object.spec.serviceAccountName != '"+account+"' || object.spec.automountServiceAccountToken || "+
		"!has(object.spec.imagePullSecrets) || object.spec.imagePullSecrets.map(p, p.name) != ['"+pullSecrets+"']")
	// The API server takes up a new policy after a while.
	waitFor(s.t, "the policy refuses pods", func() bool {
		none := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "none"}, Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "a", Image: "example.com/none:1"}}}}
		_, err := s.client.CoreV1().Pods(s.namespace).Create(s.t.Context(), none, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		return err != nil && strings.Contains(err.Error(), "says "+s.namespace)
	})
	expect(s.t, s.lookIn(e), inClusterID, Skipped, "is refused", "says "+s.namespace)
}

func TestPodHasTheServersOwnAccount(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	e := s.withPods()
	s.onlyWith(e, "keeper", "login")
	e.Answers.Server.ServiceAccount = answers.ServiceAccount{Name: "keeper", Existing: true}
	expect(t, s.lookIn(e), inClusterID, Skipped, `serviceaccount "keeper" not found`)
	_, err := s.client.CoreV1().ServiceAccounts(s.namespace).Create(t.Context(), &corev1.ServiceAccount{
		ObjectMeta: metav1.ObjectMeta{Name: "keeper"}, ImagePullSecrets: []corev1.LocalObjectReference{{Name: "login"}},
	}, metav1.CreateOptions{})
	must(t, err)
	expect(t, s.lookIn(e), inClusterID, Pass, "logs in")
}

// TestPodHasThePullSecretsOfTheChart lets the chart give its ServiceAccount a
// pull secret.
func TestPodHasThePullSecretsOfTheChart(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	e := s.withPods()
	s.onlyWith(e, "default", "login")
	render := e.Rendered
	e.Rendered = func(ctx context.Context) (Rendered, error) {
		r, err := render(ctx)
		for _, o := range r.Objects {
			if o.GetKind() == "ServiceAccount" {
				o.Object["imagePullSecrets"] = []any{map[string]any{"name": "login"}}
			}
		}
		return r, err
	}
	expect(t, s.lookIn(e), inClusterID, Pass, "logs in")
}

func TestPodWithThePullSecretsOfAnother(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	e := s.withPods()
	login := []byte(`{"imagePullSecrets": [{"name": "login"}]}`)
	_, err := s.client.CoreV1().ServiceAccounts(s.namespace).Patch(t.Context(), "default", types.MergePatchType, login, metav1.PatchOptions{})
	must(t, err)
	expect(t, s.lookIn(e), inClusterID, Pass, "pulled with login of the ServiceAccount default, which zenml will not have", "server.image.pullSecrets")
	e.Answers.Server.Image.PullSecrets = []string{"own"}
	result := expect(t, s.lookIn(e), inClusterID, Pass)
	if strings.Contains(result.Message, "which zenml will not have") {
		t.Errorf("the pod has pull secrets of its own: %s", result.Message)
	}
}
