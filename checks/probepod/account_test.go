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

// allowOnly denies every pod in the namespace without this ServiceAccount and these
// pull secrets, or with the account's token.
func (s *stage) allowOnly(e *check.Env, account, pullSecrets string) {
	s.T.Helper()
	checktest.Policy(
		s.T,
		s.Cluster,
		s.Namespace,
		s.Namespace,
		"pods",
		"object.spec.serviceAccountName != '"+account+"' || object.spec.automountServiceAccountToken || "+
			"!has(object.spec.imagePullSecrets) || object.spec.imagePullSecrets.map(p, p.name) != ['"+pullSecrets+"']",
	)
	// The API server applies a new policy after some time.
	checktest.WaitFor(s.T, "the policy refuses pods", func() bool {
		none := &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: "none"},
			Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "a", Image: "example.com/none:1"}}},
		}
		_, err := s.Client.CoreV1().Pods(s.Namespace).Create(s.T.Context(), none,
			metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		return err != nil && strings.Contains(err.Error(), "says "+s.Namespace)
	})
	checktest.Expect(
		s.T,
		s.runProbe(e),
		inClusterID,
		check.Skipped,
		"the API server denies the probe pod",
		"says "+s.Namespace,
	)
}

func TestServiceAccount_existing(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	e := s.withPods()
	s.allowOnly(e, "keeper", "login")
	e.Answers.Server.ServiceAccount = answers.ServiceAccount{Name: "keeper", Existing: true}
	checktest.Expect(t, s.runProbe(e), inClusterID, check.Skipped, `serviceaccount "keeper" not found`)
	_, err := s.Client.CoreV1().ServiceAccounts(s.Namespace).Create(t.Context(), &corev1.ServiceAccount{
		ObjectMeta: metav1.ObjectMeta{Name: "keeper"}, ImagePullSecrets: []corev1.LocalObjectReference{{Name: "login"}},
	}, metav1.CreateOptions{})
	checktest.Must(t, err)
	checktest.Expect(t, s.runProbe(e), inClusterID, check.Pass, "logged in")
}

// TestPullSecrets_fromChart adds a pull secret to the chart's ServiceAccount.
func TestPullSecrets_fromChart(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	e := s.withPods()
	s.allowOnly(e, "default", "login")
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
	checktest.Expect(t, s.runProbe(e), inClusterID, check.Pass, "logged in")
}

func TestPullSecrets_fromDefaultAccount(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	e := s.withPods()
	login := []byte(`{"imagePullSecrets": [{"name": "login"}]}`)
	_, err := s.Client.CoreV1().ServiceAccounts(s.Namespace).Patch(t.Context(), "default", types.MergePatchType, login,
		metav1.PatchOptions{})
	checktest.Must(t, err)
	checktest.Expect(
		t,
		s.runProbe(e),
		inClusterID,
		check.Pass,
		"pulled with login of ServiceAccount default, which ServiceAccount zenml will not have",
		"server.image.pullSecrets",
	)
	e.Answers.Server.Image.PullSecrets = []string{"own"}
	result := checktest.Expect(t, s.runProbe(e), inClusterID, check.Pass)
	if strings.Contains(result.Message, "will not have") {
		t.Errorf("the pod has pull secrets of its own: %s", result.Message)
	}
}
