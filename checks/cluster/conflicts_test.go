package cluster

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

func TestConflicts(t *testing.T) {
	c := testcluster.Start(t)
	for name, test := range map[string]struct {
		meta   metav1.ObjectMeta
		status check.Status
		say    string
	}{
		"no owner": {metav1.ObjectMeta{}, check.Failed, "someone else"},
		"other release": {metav1.ObjectMeta{Annotations: map[string]string{"meta.helm.sh/release-name": "other",
			"meta.helm.sh/release-namespace": "there"}}, check.Failed, "the Helm release there/other"},
		"Argo CD's": {metav1.ObjectMeta{Labels: map[string]string{"app.kubernetes.io/managed-by": "argocd"}},
			check.Failed, "argocd"},
		"our own release": {metav1.ObjectMeta{Annotations: map[string]string{"meta.helm.sh/release-name": "zenml-server"}}, check.Pass, "belong to this release"},
	} {
		t.Run(name, func(t *testing.T) {
			namespace := c.Namespace(t)
			meta := test.meta
			meta.Name = "zenml"
			if meta.Annotations["meta.helm.sh/release-name"] == "zenml-server" {
				meta.Annotations["meta.helm.sh/release-namespace"] = namespace
			}
			_, err := c.Client(t).CoreV1().ServiceAccounts(
				namespace).Create(t.Context(), &corev1.ServiceAccount{ObjectMeta: meta}, metav1.CreateOptions{})
			checktest.Must(t, err)
			checktest.Expect(t, look(t, checktest.WithCluster(t, c.Access(), namespace), "cluster.conflicts"),
				"cluster.conflicts", test.status, test.say)
		})
	}
}

func TestConflictWithInstallerSecret(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	e := checktest.WithCluster(t, c.Access(), namespace, func(a *answers.Answers) {
		a.Database = answers.Database{
			Type: answers.MySQLDatabase,
			MySQL: answers.MySQL{
				Host:     "db.example.com",
				Name:     "zenml",
				User:     "zenml",
				Password: checktest.Plain(checktest.Canary),
			},
		}
	})
	rendered, err := e.Rendered(t.Context())
	checktest.Must(t, err)
	made, err := c.Client(t).CoreV1().Secrets(
		namespace).Create(t.Context(), &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: rendered.Secrets[0].Name}},
		metav1.CreateOptions{})
	checktest.Must(t, err)
	found := checktest.Expect(t, look(t, e, "cluster.conflicts"), "cluster.conflicts", check.Failed,
		"Secret "+made.Name+" exists", "label secret "+made.Name+" --overwrite")
	if strings.Contains(found.Remedy, "delete") {
		t.Errorf("the remedy deletes a Secret that may hold a key: %s", found.Remedy)
	}
	made.Labels = rendered.Secrets[0].Labels
	_, err = c.Client(t).CoreV1().Secrets(namespace).Update(t.Context(), made, metav1.UpdateOptions{})
	checktest.Must(t, err)
	checktest.Expect(t, look(t, e, "cluster.conflicts"), "cluster.conflicts", check.Pass)
}

func TestConflictWithLeftoverVolume(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	e := checktest.WithCluster(t, c.Access(), namespace, checktest.OnVolume)
	_, err := c.Client(t).CoreV1().PersistentVolumeClaims(namespace).Create(t.Context(), &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{
			Name: "zenml-server-config",
			Labels: map[string]string{
				"app.kubernetes.io/managed-by": "Helm",
				"app.kubernetes.io/instance":   "zenml-server",
			},
		},
		Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			Resources: corev1.VolumeResourceRequirements{
				Requests: corev1.ResourceList{"storage": resource.MustParse("1Gi")},
			},
		},
	}, metav1.CreateOptions{})
	checktest.Must(t, err)
	checktest.Expect(t, look(t, e, "cluster.conflicts"), "cluster.conflicts", check.Warned, "of a previous install",
		"delete pvc/zenml-server-config")
}
