package checks

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

	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

var crdResource = schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}

// moduleDir is where the source of a module is that internal/peers/crds
// requires.
func moduleDir(t *testing.T, module string) string {
	t.Helper()
	command := exec.Command("go", "mod", "download", "-json", module)
	command.Dir = "../internal/peers/crds"
	command.Env = append(os.Environ(), "GOFLAGS=-mod=mod")
	out, err := command.Output()
	var found struct{ Dir string }
	if err != nil || json.Unmarshal(out, &found) != nil || found.Dir == "" {
		t.Fatalf("go mod download %s: %v\n%s", module, err, out)
	}
	return found.Dir
}

// installCRDs applies the CRDs of a module's folder whose file names have that
// part, and takes them away with the test.
func installCRDs(t *testing.T, c *testcluster.Cluster, module, folder string, kinds ...string) {
	t.Helper()
	client, dir := dynamicClient(t, c), filepath.Join(moduleDir(t, module), folder)
	for _, kind := range kinds {
		data, err := os.ReadFile(filepath.Join(dir, kind+".yaml")) //nolint:gosec // a module's own file
		must(t, err)
		crd := &unstructured.Unstructured{}
		must(t, yaml.Unmarshal(data, &crd.Object))
		_, err = client.Resource(crdResource).Create(t.Context(), crd, metav1.CreateOptions{})
		if apierrors.IsAlreadyExists(err) {
			continue
		}
		must(t, err)
		t.Cleanup(func() { removeCRD(t, client, crd.GetName()) })
		waitFor(t, crd.GetName()+" is established", func() bool { return established(t, client, crd.GetName()) })
	}
}

func removeCRD(t *testing.T, client dynamic.Interface, name string) {
	must(t, client.Resource(crdResource).Delete(contextOf(t), name, metav1.DeleteOptions{}))
}

// established tells whether the API server serves the kind, its own discovery
// included.
func established(t *testing.T, client dynamic.Interface, name string) bool {
	t.Helper()
	crd, err := client.Resource(crdResource).Get(t.Context(), name, metav1.GetOptions{})
	must(t, err)
	for _, item := range items(crd.Object, "status", "conditions") {
		condition, _ := item.(map[string]any)
		if condition["type"] == "Established" && condition["status"] == "True" {
			resource, group, _ := strings.Cut(name, ".")
			_, err := client.Resource(schema.GroupVersionResource{Group: group, Version: "v1", Resource: resource}).List(t.Context(), metav1.ListOptions{Limit: 1})
			return err == nil
		}
	}
	return false
}

// apply creates an object of the sandbox from YAML and sets its status, if it
// has one; it is removed with the test.
func (s *stage) apply(r schema.GroupVersionResource, namespace, text string) {
	s.t.Helper()
	object := &unstructured.Unstructured{}
	must(s.t, yaml.Unmarshal([]byte(text), &object.Object))
	client := dynamicClient(s.t, s.Cluster).Resource(r).Namespace(namespace)
	_ = client.Delete(s.t.Context(), object.GetName(), metav1.DeleteOptions{})
	made, err := client.Create(s.t.Context(), object, metav1.CreateOptions{})
	must(s.t, err)
	s.t.Cleanup(func() { _ = client.Delete(contextOf(s.t), object.GetName(), metav1.DeleteOptions{}) }) // an apply of the same name may have
	if status, has := object.Object["status"]; has {
		made.Object["status"] = status
		_, err = client.UpdateStatus(s.t.Context(), made, metav1.UpdateOptions{})
		must(s.t, err)
	}
}
