package cluster

import (
	"context"
	"strings"
	"testing"

	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

func TestStorage(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	checktest.Expect(t, look(t, checktest.WithCluster(t, c.Access(), namespace), "cluster.storage"), "cluster.storage",
		check.Pass, "no volume is needed")
	named := func(a *answers.Answers) { checktest.OnVolume(a); a.Database.SQLite.StorageClass = namespace }
	e := checktest.WithCluster(t, c.Access(), namespace, named)
	checktest.Expect(t, look(t, e, "cluster.storage"), "cluster.storage", check.Failed,
		"needs the StorageClass "+namespace+", which does not exist")
	class := &storagev1.StorageClass{ObjectMeta: metav1.ObjectMeta{Name: namespace}, Provisioner: "example.com/none"}
	_, err := c.Client(t).StorageV1().StorageClasses().Create(t.Context(), class, metav1.CreateOptions{})
	checktest.Must(t, err)
	t.Cleanup(func() {
		_ = c.Client(t).StorageV1().StorageClasses().Delete(context.WithoutCancel(t.Context()), namespace,
			metav1.DeleteOptions{})
	})
	checktest.Expect(t, look(t, e, "cluster.storage"), "cluster.storage", check.Pass, "from "+namespace)
}

func TestStorageByDefault(t *testing.T) {
	claim := checktest.WithCluster(t, nil, "zenml", checktest.OnVolume)
	rendered, err := claim.Rendered(t.Context())
	checktest.Must(t, err)
	for _, o := range rendered.Objects {
		if o.GetKind() != "PersistentVolumeClaim" {
			continue
		}
		class := storagev1.StorageClass{
			ObjectMeta: metav1.ObjectMeta{Name: "standard", Annotations: map[string]string{defaultClass: "false"}},
		}
		_, fault := storageClassOf(o, []storagev1.StorageClass{class})
		if fault == nil {
			t.Fatal("a class that is not the default counts as the default")
		}
		if !strings.Contains(
			fault.Remedy,
			"kubectl annotate --overwrite storageclass",
		) { // the annotation exists already
			t.Errorf("the remedy does not work: %s", fault.Remedy)
		}
		class.Annotations = map[string]string{defaultClass: "true"}
		if name, fault := storageClassOf(o, []storagev1.StorageClass{class}); fault != nil ||
			name != "standard (the default)" {
			t.Errorf("the default is not found: %v", fault)
		}
		return
	}
	t.Error("the chart renders no volume")
}
