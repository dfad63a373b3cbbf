package main

import (
	"context"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/zenml-installer/zenml-installer/internal/poll"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

func TestMain(m *testing.M) { testcluster.Main(m) }

// TestJobOfTheDocs runs the image in the cluster as docs/ci.md describes, with a report
// as JUnit XML.
func TestJobOfTheDocs(t *testing.T) {
	c := testcluster.Start(t)
	if !c.RealNodes {
		t.Skip("the nodes run no containers")
	}
	namespace := c.Namespace(t)
	image := pushed(t, c, namespace)
	prepare(t, c, namespace)

	job := jobOfTheDocs(t)
	job.Namespace = namespace
	container := &job.Spec.Template.Spec.Containers[0]
	container.Image = image
	container.Args = append(container.Args, "--only", "cluster.version,database", "-o", "junit")
	if _, err := c.Client(t).BatchV1().Jobs(namespace).Create(t.Context(), job, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	state, output := ended(t, c, namespace)
	if state.ExitCode != 0 {
		t.Fatalf("exit code %d (%s):\n%s", state.ExitCode, state.Reason, output)
	}
	var report struct {
		Failures int `xml:"failures,attr"`
		Suites   []struct {
			Cases []struct {
				Name    string    `xml:"name,attr"`
				Skipped *struct{} `xml:"skipped"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(output), &report); err != nil {
		t.Fatalf("%v in:\n%s", err, output)
	}
	ran := map[string]bool{}
	for _, suite := range report.Suites {
		for _, test := range suite.Cases {
			id, _, _ := strings.Cut(test.Name, ":")
			ran[id] = test.Skipped == nil
		}
	}
	if report.Failures != 0 || !ran["cluster.version"] || !ran["database.login"] {
		t.Errorf("the report is:\n%s", output)
	}
}

// envLayout names the OCI layout of a release that is tested, as FOLDER:TAG. Without it, the
// test builds the image.
const envLayout = "ZENML_TEST_IMAGE"

// pushed pushes the image to the sandbox's registry and returns its name.
func pushed(t *testing.T, c *testcluster.Cluster, tag string) string {
	t.Helper()
	folder := t.TempDir()
	if release := os.Getenv(envLayout); release != "" { //nolint:forbidigo // set by .ci/check-artifacts
		folder, tag, _ = strings.Cut(release, ":")
	} else {
		build(t, folder, tag)
	}
	const name = "zenml-installer/zenml-installer"
	reference, err := pushLayout(t.Context(), folder, tag, c.Registry+"/"+name)
	if err != nil {
		t.Fatal(err)
	}
	_, digest, _ := strings.Cut(reference, "@")
	return name + "@" + digest
}

// build writes the image of this code for this machine.
func build(t *testing.T, folder, tag string) {
	t.Helper()
	program, certificates := filepath.Join(t.TempDir(), "zenml-installer"), filepath.Join(t.TempDir(), "ca.crt")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", program, "../..")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := os.WriteFile(certificates, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := write(t.Context(), folder, tag, certificates, []string{runtime.GOARCH + "=" + program}); err != nil {
		t.Fatal(err)
	}
}

// jobOfTheDocs returns the Job of the page on CI.
func jobOfTheDocs(t *testing.T) *batchv1.Job {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "ci.md"))
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```yaml\n(apiVersion: batch/v1\nkind: Job\n.*?)```").FindSubmatch(page)
	if block == nil {
		t.Fatal("docs/ci.md has no Job")
	}
	var job batchv1.Job
	if err := yaml.UnmarshalStrict(block[1], &job); err != nil {
		t.Fatal(err)
	}
	return &job
}

// prepare creates what the Job refers to. Its service account has all rights.
func prepare(t *testing.T, c *testcluster.Cluster, namespace string) {
	t.Helper()
	client := c.Client(t)
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "zenml-installer"}}
	password := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "zenml-db"},
		StringData: map[string]string{"password": c.Database.Password.Reveal()},
	}
	answers := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "zenml-answers"}, Data: map[string]string{
		"answers.yaml": fmt.Sprintf(`version: 1
cluster: {namespace: %s}
database:
  type: mysql
  mysql: {host: "%s", port: %d, name: %s, user: %s, password: {env: ZENML_DB_PASSWORD}}
`, namespace, c.Database.Host, c.Database.Port, c.DatabaseName(t), c.Database.User),
	}}
	rights := &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: namespace},
		Subjects:   []rbacv1.Subject{{Kind: "ServiceAccount", Name: account.Name, Namespace: namespace}},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "cluster-admin"},
	}
	options := metav1.CreateOptions{}
	_, err := client.CoreV1().ServiceAccounts(namespace).Create(t.Context(), account, options)
	if err == nil {
		_, err = client.CoreV1().Secrets(namespace).Create(t.Context(), password, options)
	}
	if err == nil {
		_, err = client.CoreV1().ConfigMaps(namespace).Create(t.Context(), answers, options)
	}
	if err == nil {
		_, err = client.RbacV1().ClusterRoleBindings().Create(t.Context(), rights, options)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = client.RbacV1().ClusterRoleBindings().Delete(context.Background(), namespace, metav1.DeleteOptions{})
	})
}

// ended waits for the end of the Job's pod, and returns its state and output.
func ended(t *testing.T, c *testcluster.Cluster, namespace string) (*corev1.ContainerStateTerminated, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	pods := c.Client(t).CoreV1().Pods(namespace)
	var pod corev1.Pod
	err := poll.Until(ctx, 200*time.Millisecond, func() (bool, error) {
		all, err := pods.List(ctx, metav1.ListOptions{LabelSelector: batchv1.JobNameLabel + "=zenml-preflight"})
		if err != nil || len(all.Items) == 0 || len(all.Items[0].Status.ContainerStatuses) == 0 {
			return false, err
		}
		pod = all.Items[0]
		return pod.Status.ContainerStatuses[0].State.Terminated != nil, nil
	})
	if err != nil {
		t.Fatalf("the Job has not ended: %v, %+v", err, pod.Status)
	}
	output, err := pods.GetLogs(pod.Name, &corev1.PodLogOptions{}).DoRaw(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return pod.Status.ContainerStatuses[0].State.Terminated, strings.TrimSpace(string(output))
}
