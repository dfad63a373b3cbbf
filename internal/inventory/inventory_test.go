package inventory

import (
	"context"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

func TestMain(m *testing.M) { testcluster.Main(m) }

// TestRead lists the objects of a real API server.
func TestRead(t *testing.T) {
	c := testcluster.Start(t)
	client, namespace := c.Client(t), c.Namespace(t)
	class := &networkingv1.IngressClass{ObjectMeta: metav1.ObjectMeta{Name: namespace},
		Spec: networkingv1.IngressClassSpec{Controller: "example.com/controller"}}
	if _, err := client.NetworkingV1().IngressClasses().Create(t.Context(), class, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = client.NetworkingV1().IngressClasses().Delete(context.WithoutCancel(t.Context()), namespace,
			metav1.DeleteOptions{})
	})
	for name, kind := range map[string]corev1.SecretType{"cert": corev1.SecretTypeTLS,
		"other": corev1.SecretTypeOpaque} {
		secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: name}, Type: kind,
			Data: map[string][]byte{"tls.crt": nil, "tls.key": nil}}
		if _, err := client.CoreV1().Secrets(namespace).Create(t.Context(), secret,
			metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "zenml-identity"}}
	if _, err := client.CoreV1().ServiceAccounts(namespace).Create(t.Context(), account,
		metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	for name, provider := range map[string]string{namespace: "aws:///eu-central-1a/i-0abc",
		namespace + "-gcp": "gce://p/z/n"} {
		node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name,
			Labels: map[string]string{corev1.LabelTopologyRegion: "region-of-" + name}},
			Spec: corev1.NodeSpec{ProviderID: provider, Unschedulable: true,
				Taints: []corev1.Taint{{Key: "test", Effect: corev1.TaintEffectNoSchedule}}}}
		if _, err := client.CoreV1().Nodes().Create(t.Context(), node, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = client.CoreV1().Nodes().Delete(context.Background(), name, metav1.DeleteOptions{}) })
	}
	config, err := c.Access().Config()
	if err != nil {
		t.Fatal(err)
	}
	var a answers.Answers
	a.Cluster.Namespace = namespace
	found, err := Read(t.Context(), config, a)
	if err != nil {
		t.Fatal(err)
	}
	values := func(key string) []string {
		var all []string
		for _, o := range found[key] {
			all = append(all, o.Value)
		}
		return all
	}
	for key, want := range map[string]string{
		"cluster.namespace": namespace, "expose.ingress.class": namespace, "expose.tls.secretName": "cert",
		"database.sqlite.storageClass": "", "database.sqlite.persistent": "true",
		"secretsStore.aws.region": "region-of-" + namespace, "server.serviceAccount.name": "zenml-identity",
	} {
		if !slices.Contains(values(key), want) {
			t.Errorf("%s: %q is not among %q", key, want, values(key))
		}
	}
	if first := values("cluster.namespace")[0]; first != answers.DefaultRelease {
		t.Errorf("the first namespace is %s", first)
	}
	if slices.Contains(values("cluster.namespace"), "kube-system") || slices.Contains(values("expose.tls.secretName"),
		"other") ||
		len(values("secretsStore.aws.region")) != 1 {
		t.Errorf("too much is listed: %v", found)
	}
}

// Without any right nothing is found, and that is no error.
func TestReadWithoutRights(t *testing.T) {
	c := testcluster.Start(t)
	config, err := c.Access().Config()
	if err != nil {
		t.Fatal(err)
	}
	nobody := *config
	nobody.Impersonate.UserName = "nobody"
	var a answers.Answers
	a.Cluster.Namespace = c.Namespace(t)
	if found, err := Read(t.Context(), &nobody, a); err != nil || len(found) > 0 {
		t.Errorf("%v %v", found, err)
	}
}
