package expose

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/yaml"

	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/checks/release"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

var crdResource = schema.GroupVersionResource{
	Group:    "apiextensions.k8s.io",
	Version:  "v1",
	Resource: "customresourcedefinitions",
}

// moduleDir returns the source folder of a module that internal/peers/crds requires.
func moduleDir(t *testing.T, module string) string {
	t.Helper()
	command := exec.Command("go", "mod", "download", "-json", module)
	command.Dir = filepath.Join(checktest.Root(t), "internal", "peers", "crds")
	command.Env = append(os.Environ(), "GOFLAGS=-mod=mod")
	out, err := command.Output()
	var found struct{ Dir string }
	if err != nil || json.Unmarshal(out, &found) != nil || found.Dir == "" {
		t.Fatalf("go mod download %s: %v\n%s", module, err, out)
	}
	return found.Dir
}

// installCRDs applies the CRDs of a module and deletes them at the end of the test.
func installCRDs(t *testing.T, c *testcluster.Cluster, module, folder string, kinds ...string) {
	t.Helper()
	client, dir := checktest.DynamicClient(t, c), filepath.Join(moduleDir(t, module), folder)
	for _, kind := range kinds {
		data, err := os.ReadFile(filepath.Join(dir, kind+".yaml")) //nolint:gosec // a module's own file
		checktest.Must(t, err)
		crd := &unstructured.Unstructured{}
		checktest.Must(t, yaml.Unmarshal(data, &crd.Object))
		_, err = client.Resource(crdResource).Create(t.Context(), crd, metav1.CreateOptions{})
		if apierrors.IsAlreadyExists(err) {
			continue
		}
		checktest.Must(t, err)
		t.Cleanup(func() { removeCRD(t, client, crd.GetName()) })
		checktest.WaitFor(t, crd.GetName()+" is established",
			func() bool { return established(t, client, crd.GetName()) })
	}
}

func removeCRD(t *testing.T, client dynamic.Interface, name string) {
	checktest.Must(t, client.Resource(crdResource).Delete(checktest.ContextOf(t), name, metav1.DeleteOptions{}))
}

// established reports whether the API server serves the kind.
func established(t *testing.T, client dynamic.Interface, name string) bool {
	t.Helper()
	crd, err := client.Resource(crdResource).Get(t.Context(), name, metav1.GetOptions{})
	checktest.Must(t, err)
	for _, item := range release.Items(crd.Object, "status", "conditions") {
		condition, _ := item.(map[string]any)
		if condition["type"] == "Established" && condition["status"] == "True" {
			resource, group, _ := strings.Cut(name, ".")
			_, err := client.Resource(
				schema.GroupVersionResource{Group: group, Version: "v1", Resource: resource}).List(
				t.Context(),
				metav1.ListOptions{Limit: 1},
			)
			return err == nil
		}
	}
	return false
}

// apply creates an object from YAML, with its status, and deletes it at the end of the test.
func (s *stage) apply(r schema.GroupVersionResource, namespace, text string) {
	s.T.Helper()
	object := &unstructured.Unstructured{}
	checktest.Must(s.T, yaml.Unmarshal([]byte(text), &object.Object))
	client := checktest.DynamicClient(s.T, s.Cluster).Resource(r).Namespace(namespace)
	_ = client.Delete(s.T.Context(), object.GetName(), metav1.DeleteOptions{})
	made, err := client.Create(s.T.Context(), object, metav1.CreateOptions{})
	checktest.Must(s.T, err)
	s.T.Cleanup(
		func() { _ = client.Delete(checktest.ContextOf(s.T), object.GetName(), metav1.DeleteOptions{}) },
	) // an apply of the same name may have
	if status, has := object.Object["status"]; has {
		made.Object["status"] = status
		_, err = client.UpdateStatus(s.T.Context(), made, metav1.UpdateOptions{})
		checktest.Must(s.T, err)
	}
}
