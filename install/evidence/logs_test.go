package evidence_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/install/evidence"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/poll"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

func TestMain(m *testing.M) { testcluster.Main(m) }

// canary is in the log of the crashing pod, and in a Secret of the release.
const canary = "c4nary-Zq81-evidence"

// crash runs a pod of the release that fails again and again, and logs the canary. It
// returns after the first restart.
func crash(t *testing.T, c *testcluster.Cluster, namespace string) {
	t.Helper()
	client := c.Client(t)
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "crashing", Labels: map[string]string{manifest.LabelInstance: "zenml-server"}},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{
			Name: "zenml", Image: c.Charts["current"].Image, Args: []string{canary},
		}}},
	}
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	err := poll.Until(ctx, 200*time.Millisecond, func() (bool, error) { // until its service account exists
		_, err := client.CoreV1().Pods(namespace).Create(ctx, pod, metav1.CreateOptions{})
		return err == nil, nil
	})
	if err == nil {
		err = poll.Until(ctx, 200*time.Millisecond, func() (bool, error) {
			found, err := client.CoreV1().Pods(namespace).Get(ctx, pod.Name, metav1.GetOptions{})
			return err == nil && len(found.Status.ContainerStatuses) == 1 &&
				found.Status.ContainerStatuses[0].RestartCount > 0, err
		})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// collect collects the evidence with the rights of a user, or all rights.
func collect(t *testing.T, c *testcluster.Cluster, namespace, user string) evidence.Evidence {
	t.Helper()
	flags := kube.NewFlags()
	*flags.KubeConfig = c.Kubeconfig
	if user != "" {
		*flags.Impersonate = user
	}
	found, err := evidence.Collect(t.Context(), evidence.Request{
		Engine: &install.Engine{Access: kube.New(flags)}, Namespace: namespace, Release: "zenml-server",
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// content returns a file, or "".
func content(e evidence.Evidence, name string) string {
	for _, f := range e.Files {
		if f.Name == name {
			return f.Content
		}
	}
	return ""
}

const previousLog = "logs/crashing/zenml.previous.log"

// TestPreviousLog collects the log from before a restart, with secrets masked.
func TestPreviousLog(t *testing.T) {
	c := testcluster.Start(t)
	if !c.RealNodes {
		t.Skip("needs nodes that run containers")
	}
	namespace := c.Namespace(t)
	_, err := c.Client(t).CoreV1().Secrets(namespace).Create(t.Context(), &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "own", Labels: manifest.Labels("zenml-server")},
		StringData: map[string]string{"password": canary},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	crash(t, c, namespace)

	found := collect(t, c, namespace, "")
	if log := content(found, previousLog); !strings.Contains(log, "unknown command") || strings.Contains(log, canary) {
		t.Errorf("the log: %q; not collected: %v", log, found.NotCollected)
	}

	// A user who cannot read Secrets gets no log, because nothing could be masked.
	allow(t, c, namespace, "reader")
	found = collect(t, c, namespace, "reader")
	if log := content(found, previousLog); log != "" {
		t.Errorf("a log that could not be masked: %q", log)
	}
	for _, what := range []string{"Secrets of the installer", previousLog, "version of Kubernetes"} {
		isMissing := slices.ContainsFunc(found.NotCollected, func(m evidence.Missing) bool {
			return m.What == what && m.Why != ""
		})
		if want := what != "version of Kubernetes"; isMissing != want {
			t.Errorf("%s is listed as not collected: %t; %v", what, isMissing, found.NotCollected)
		}
	}
	for _, f := range found.Files {
		if strings.Contains(f.Content, canary) && !strings.HasPrefix(f.Name, "pods") {
			t.Errorf("%s contains the canary", f.Name)
		}
	}
}

// allow lets a user read pods and their logs, and nothing else.
func allow(t *testing.T, c *testcluster.Cluster, namespace, user string) {
	t.Helper()
	rbac, meta := c.Client(t).RbacV1(), metav1.ObjectMeta{Name: user}
	_, err := rbac.Roles(namespace).Create(t.Context(), &rbacv1.Role{ObjectMeta: meta, Rules: []rbacv1.PolicyRule{{
		APIGroups: []string{""}, Resources: []string{"pods", "pods/log"}, Verbs: []string{"get", "list"},
	}}}, metav1.CreateOptions{})
	if err == nil {
		_, err = rbac.RoleBindings(namespace).Create(t.Context(), &rbacv1.RoleBinding{
			ObjectMeta: meta,
			Subjects:   []rbacv1.Subject{{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: user}},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: user},
		}, metav1.CreateOptions{})
	}
	if err != nil {
		t.Fatal(err)
	}
}
