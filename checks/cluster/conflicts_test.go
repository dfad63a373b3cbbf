package cluster

import (
	"context"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	storagev1 "k8s.io/api/storage/v1"
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
		"nobody's":        {metav1.ObjectMeta{}, check.Failed, "someone else"},
		"other release":   {metav1.ObjectMeta{Annotations: map[string]string{"meta.helm.sh/release-name": "other", "meta.helm.sh/release-namespace": "there"}}, check.Failed, "the Helm release there/other"},
		"Argo CD's":       {metav1.ObjectMeta{Labels: map[string]string{"app.kubernetes.io/managed-by": "argocd"}}, check.Failed, "argocd"},
		"our own release": {metav1.ObjectMeta{Annotations: map[string]string{"meta.helm.sh/release-name": "zenml-server"}}, check.Pass, "ours"},
	} {
		t.Run(name, func(t *testing.T) {
			namespace := c.Namespace(t)
			meta := test.meta
			meta.Name = "zenml"
			if meta.Annotations["meta.helm.sh/release-name"] == "zenml-server" {
				meta.Annotations["meta.helm.sh/release-namespace"] = namespace
			}
			_, err := c.Client(t).CoreV1().ServiceAccounts(namespace).Create(t.Context(), &corev1.ServiceAccount{ObjectMeta: meta}, metav1.CreateOptions{})
			checktest.Must(t, err)
			checktest.Expect(t, look(t, checktest.WithCluster(t, c.Access(), namespace), "cluster.conflicts"), "cluster.conflicts", test.status, test.say)
		})
	}
}

func TestConflictWithASecretThatTheInstallerMakes(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	e := checktest.WithCluster(t, c.Access(), namespace, func(a *answers.Answers) {
		a.Database = answers.Database{Type: answers.MySQLDatabase, MySQL: answers.MySQL{Host: "db.example.com", Name: "zenml", User: "zenml", Password: checktest.Plain(checktest.Canary)}}
	})
	rendered, err := e.Rendered(t.Context())
	checktest.Must(t, err)
	made, err := c.Client(t).CoreV1().Secrets(namespace).Create(t.Context(), &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: rendered.Secrets[0].Name}}, metav1.CreateOptions{})
	checktest.Must(t, err)
	found := checktest.Expect(t, look(t, e, "cluster.conflicts"), "cluster.conflicts", check.Failed, "Secret "+made.Name+" exists", "label secret "+made.Name+" --overwrite")
	if strings.Contains(found.Hint, "delete") {
		t.Errorf("the remedy would remove a Secret that may hold a key: %s", found.Hint)
	}
	made.Labels = rendered.Secrets[0].Labels
	_, err = c.Client(t).CoreV1().Secrets(namespace).Update(t.Context(), made, metav1.UpdateOptions{})
	checktest.Must(t, err)
	checktest.Expect(t, look(t, e, "cluster.conflicts"), "cluster.conflicts", check.Pass)
}

func TestConflictWithALeftVolume(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	e := checktest.WithCluster(t, c.Access(), namespace, checktest.OnVolume)
	_, err := c.Client(t).CoreV1().PersistentVolumeClaims(namespace).Create(t.Context(), &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{Name: "zenml-server-config", Labels: map[string]string{"app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/instance": "zenml-server"}},
		Spec: corev1.PersistentVolumeClaimSpec{AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			Resources: corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{"storage": resource.MustParse("1Gi")}}},
	}, metav1.CreateOptions{})
	checktest.Must(t, err)
	checktest.Expect(t, look(t, e, "cluster.conflicts"), "cluster.conflicts", check.Warned, "of an earlier install", "delete pvc/zenml-server-config")
}

func TestStorage(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	checktest.Expect(t, look(t, checktest.WithCluster(t, c.Access(), namespace), "cluster.storage"), "cluster.storage", check.Pass, "no volume")
	named := func(a *answers.Answers) { checktest.OnVolume(a); a.Database.SQLite.StorageClass = namespace }
	e := checktest.WithCluster(t, c.Access(), namespace, named)
	checktest.Expect(t, look(t, e, "cluster.storage"), "cluster.storage", check.Failed, "there is no StorageClass "+namespace)
	class := &storagev1.StorageClass{ObjectMeta: metav1.ObjectMeta{Name: namespace}, Provisioner: "example.com/none"}
	_, err := c.Client(t).StorageV1().StorageClasses().Create(t.Context(), class, metav1.CreateOptions{})
	checktest.Must(t, err)
	t.Cleanup(func() {
		_ = c.Client(t).StorageV1().StorageClasses().Delete(context.WithoutCancel(t.Context()), namespace, metav1.DeleteOptions{})
	})
	checktest.Expect(t, look(t, e, "cluster.storage"), "cluster.storage", check.Pass, "by "+namespace)
}

func TestStorageByDefault(t *testing.T) {
	claim := checktest.WithCluster(t, nil, "zenml", checktest.OnVolume)
	rendered, err := claim.Rendered(t.Context())
	checktest.Must(t, err)
	for _, o := range rendered.Objects {
		if o.GetKind() != "PersistentVolumeClaim" {
			continue
		}
		class := storagev1.StorageClass{ObjectMeta: metav1.ObjectMeta{Name: "standard", Annotations: map[string]string{defaultClass: "false"}}}
		_, fault := storageClassOf(o, []storagev1.StorageClass{class})
		if fault == nil {
			t.Fatal("a class that is not the default is taken for it")
		}
		if !strings.Contains(fault.Remedy, "kubectl annotate --overwrite storageclass") { // it has the annotation already
			t.Errorf("the remedy fails: %s", fault.Remedy)
		}
		class.Annotations = map[string]string{defaultClass: "true"}
		if name, fault := storageClassOf(o, []storagev1.StorageClass{class}); fault != nil || name != "standard (the default)" {
			t.Errorf("the default is not found: %v", fault)
		}
		return
	}
	t.Error("no volume is rendered")
}

// TestDNS looks at the sandbox's own DNS, and in a namespace of the test for
// one that is not there, or has no pod that is ready.
func TestDNS(t *testing.T) {
	c := testcluster.Start(t)
	client, namespace := c.Client(t), c.Namespace(t)
	e := checktest.WithCluster(t, c.Access(), namespace)
	checktest.Expect(t, look(t, e, "cluster.dns"), "cluster.dns", check.Pass, "ready")

	before := dnsServices
	t.Cleanup(func() { dnsServices = before })
	dnsServices = slices.Clone(before[:1])
	dnsServices[0].namespace = namespace
	checktest.Expect(t, look(t, e, "cluster.dns"), "cluster.dns", check.Warned, "no Service of a cluster DNS")
	service, err := client.CoreV1().Services(namespace).Create(t.Context(), &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "dns", Labels: map[string]string{"k8s-app": "kube-dns"}},
		Spec:       corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 53}}},
	}, metav1.CreateOptions{})
	checktest.Must(t, err)
	checktest.Expect(t, look(t, e, "cluster.dns"), "cluster.dns", check.Failed, "no pod that is ready")
	ready := true
	_, err = client.DiscoveryV1().EndpointSlices(namespace).Create(t.Context(), &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{GenerateName: service.Name + "-", Labels: map[string]string{"kubernetes.io/service-name": service.Name}}, AddressType: discoveryv1.AddressTypeIPv4,
		Endpoints: []discoveryv1.Endpoint{{Addresses: []string{"10.1.2.3"}, Conditions: discoveryv1.EndpointConditions{Ready: &ready}}},
	}, metav1.CreateOptions{})
	checktest.Must(t, err)
	checktest.Expect(t, look(t, e, "cluster.dns"), "cluster.dns", check.Pass, "1 ready")
}
