package testcluster

import (
	"bytes"
	"net/http"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/remotecommand"
)

// Exec runs a command in the first container of a pod and returns its output.
// The command must succeed.
func (c *Cluster) Exec(t testing.TB, namespace, pod string, command ...string) string {
	t.Helper()
	config, err := c.Access().Config()
	if err != nil {
		t.Fatal(err)
	}
	request := c.Client(t).CoreV1().RESTClient().Post().Resource("pods").Namespace(namespace).Name(pod).
		SubResource("exec").
		VersionedParams(&corev1.PodExecOptions{Command: command, Stdout: true, Stderr: true}, scheme.ParameterCodec)
	executor, err := remotecommand.NewSPDYExecutor(config, http.MethodPost, request.URL())
	if err != nil {
		t.Fatal(err)
	}
	var out, stderr bytes.Buffer
	err = executor.StreamWithContext(t.Context(), remotecommand.StreamOptions{Stdout: &out, Stderr: &stderr})
	if err != nil {
		t.Fatalf("%v in pod %s: %v\n%s%s", command, pod, err, out.String(), stderr.String())
	}
	return out.String()
}
