package probepod

import (
	"context"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// onlyWith refuses every pod of the namespace but those with this account and
// these pull secrets, and without the account's token.
func (s *stage) onlyWith(e *check.Env, account, pullSecrets string) {
	s.T.Helper()
	checktest.Policy(s.T, s.Cluster, s.Namespace, s.Namespace, "pods", "object.spec.serviceAccountName != '"+account+"' || object.spec.automountServiceAccountToken || "+
		"!has(object.spec.imagePullSecrets) || object.spec.imagePullSecrets.map(p, p.name) != ['"+pullSecrets+"']")
	// The API server takes up a new policy after a while.
	checktest.WaitFor(s.T, "the policy refuses pods", func() bool {
		none := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "none"}, Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "a", Image: "example.com/none:1"}}}}
		_, err := s.Client.CoreV1().Pods(s.Namespace).Create(s.T.Context(), none, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		return err != nil && strings.Contains(err.Error(), "says "+s.Namespace)
	})
	checktest.Expect(s.T, s.lookIn(e), inClusterID, check.Skipped, "is refused", "says "+s.Namespace)
}

func TestPodHasTheServersOwnAccount(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	e := s.withPods()
	s.onlyWith(e, "keeper", "login")
	e.Answers.Server.ServiceAccount = answers.ServiceAccount{Name: "keeper", Existing: true}
	checktest.Expect(t, s.lookIn(e), inClusterID, check.Skipped, `serviceaccount "keeper" not found`)
	_, err := s.Client.CoreV1().ServiceAccounts(s.Namespace).Create(t.Context(), &corev1.ServiceAccount{
		ObjectMeta: metav1.ObjectMeta{Name: "keeper"}, ImagePullSecrets: []corev1.LocalObjectReference{{Name: "login"}},
	}, metav1.CreateOptions{})
	checktest.Must(t, err)
	checktest.Expect(t, s.lookIn(e), inClusterID, check.Pass, "logs in")
}

// TestPodHasThePullSecretsOfTheChart lets the chart give its ServiceAccount a
// pull secret.
func TestPodHasThePullSecretsOfTheChart(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	e := s.withPods()
	s.onlyWith(e, "default", "login")
	render := e.Rendered
	e.Rendered = func(ctx context.Context) (check.Rendered, error) {
		r, err := render(ctx)
		for _, o := range r.Objects {
			if o.GetKind() == "ServiceAccount" {
				o.Object["imagePullSecrets"] = []any{map[string]any{"name": "login"}}
			}
		}
		return r, err
	}
	checktest.Expect(t, s.lookIn(e), inClusterID, check.Pass, "logs in")
}

func TestPodWithThePullSecretsOfAnother(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	e := s.withPods()
	login := []byte(`{"imagePullSecrets": [{"name": "login"}]}`)
	_, err := s.Client.CoreV1().ServiceAccounts(s.Namespace).Patch(t.Context(), "default", types.MergePatchType, login, metav1.PatchOptions{})
	checktest.Must(t, err)
	checktest.Expect(t, s.lookIn(e), inClusterID, check.Pass, "pulled with login of the ServiceAccount default, which zenml will not have", "server.image.pullSecrets")
	e.Answers.Server.Image.PullSecrets = []string{"own"}
	result := checktest.Expect(t, s.lookIn(e), inClusterID, check.Pass)
	if strings.Contains(result.Message, "which zenml will not have") {
		t.Errorf("the pod has pull secrets of its own: %s", result.Message)
	}
}
