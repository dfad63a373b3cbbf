package cmd

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/restmapper"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// applied applies a folder of manifests file by file in the order of their
// names, like kubectl apply --server-side.
func applied(t *testing.T, c *testcluster.Cluster, dir string) {
	t.Helper()
	client := c.Dynamic(t)
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(c.Client(t).Discovery()))
	for _, o := range objectsIn(t, dir) {
		kind := o.GroupVersionKind()
		mapping, err := mapper.RESTMapping(kind.GroupKind(), kind.Version)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Resource(mapping.Resource).
			Namespace(o.GetNamespace()).
			Apply(t.Context(), o.GetName(), &o.Unstructured, metav1.ApplyOptions{FieldManager: "kubectl"}); err != nil {
			t.Fatalf("%s %s: %v", o.GetKind(), o.GetName(), err)
		}
	}
}

func objectsIn(t *testing.T, dir string) []manifest.Object {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil || len(files) != 2 {
		t.Fatal(files, err)
	}
	var all []manifest.Object
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		objects, err := manifest.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, objects...)
	}
	return all
}

// migrated waits until the migration of a folder's manifests is complete, and
// returns its name.
func migrated(t *testing.T, c *testcluster.Cluster, dir, namespace string) string {
	t.Helper()
	jobs := manifest.Find(objectsIn(t, dir), "Job", "")
	if len(jobs) != 1 {
		t.Fatalf("%d Jobs", len(jobs))
	}
	var found *batchv1.Job
	err := wait.PollUntilContextTimeout(t.Context(), 200*time.Millisecond, 2*time.Minute, true,
		func(ctx context.Context) (bool, error) {
			var err error
			found, err = c.Client(t).BatchV1().Jobs(namespace).Get(ctx, jobs[0].GetName(), metav1.GetOptions{})
			return err == nil && found.Status.Succeeded+found.Status.Failed > 0, err
		})
	if err != nil || found.Status.Succeeded != 1 {
		t.Fatalf("the migration is not complete: %v %+v", err, found.Status)
	}
	return found.Name
}

// Manifests create their namespace; after a change they can be applied again,
// and migrate again.
func TestManifestsCanBeAppliedAgain(t *testing.T) {
	c := testcluster.Start(t)
	for _, generation := range []string{"current", "legacy"} {
		t.Run(generation, func(t *testing.T) {
			t.Parallel()
			namespace := freshNamespace(t, c)
			p := newPlace(t).at(c)
			p.env["JWT"] = "a-key-that-stays-as-it-is"
			dir := filepath.Join(p.dir, "not", "there")
			args := append([]string{"generate", "-n", namespace, "--format", "manifests", "--output", dir, "--force",
				"--chart", c.Charts[generation].Ref, "--chart-version", c.Charts[generation].Version,
				"--answer", "database.type=mysql", "--answer", "expose.type=port-forward", "--answer",
				"server.auth.jwtSecretKey=env:JWT"}, p.mysqlFlags(c)...)
			p.runs(args...).want(t, exitDone)
			applied(t, c, dir)
			first := migrated(t, c, dir, namespace)
			applied(t, c, dir)
			if again := migrated(t, c, dir, namespace); again != first {
				t.Errorf("applying the same manifests migrates again: %s after %s", again, first)
			}
			changes := p.file("changed.yaml", "version: 1\nserver: {environment: {CHANGED: \"yes\"}}\n")
			p.runs(append(args, "-f", changes)...).want(t, exitDone)
			applied(t, c, dir)
			if changed := migrated(t, c, dir, namespace); changed == first {
				t.Errorf("%s did not run again", changed)
			}
		})
	}
}

// freshNamespace returns a namespace that does not exist, and deletes it after
// the test.
func freshNamespace(t *testing.T, c *testcluster.Cluster) string {
	t.Helper()
	name := "manifests-" + strings.ToLower(rand.Text())[:10]
	t.Cleanup(func() {
		if err := c.Client(t).
			CoreV1().
			Namespaces().
			Delete(context.WithoutCancel(t.Context()), name, metav1.DeleteOptions{}); err != nil {
			t.Errorf("namespace %s was not deleted: %v", name, err)
		}
	})
	return name
}

func TestManifestsNeedFolder(t *testing.T) {
	p := nowhere(t)
	args := []string{"generate", "-f", "../assets/answers/minimal.yaml", "--format", "manifests", "--output",
		p.file("file", "mine")}
	p.runs(append(args, standIn("current")...)...).want(t, exitUsage, "is a file", "specify a folder")
}
