package testcluster

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/transport/spdy"
)

// Forward forwards a local port to port 8080 of a pod until the test ends, and returns the URL.
func (c *Cluster) Forward(t testing.TB, namespace, pod string) string {
	t.Helper()
	config, err := c.Access().Config()
	if err != nil {
		t.Fatal(err)
	}
	transport, upgrader, err := spdy.RoundTripperFor(config)
	if err != nil {
		t.Fatal(err)
	}
	url := c.Client(t).
		CoreV1().
		RESTClient().
		Post().
		Resource("pods").
		Namespace(namespace).
		Name(pod).
		SubResource("portforward").
		URL()
	dialer := spdy.NewDialer(upgrader, &http.Client{Transport: transport}, http.MethodPost, url)
	stop, ready := make(chan struct{}), make(chan struct{})
	forwarder, err := portforward.New(dialer, []string{"0:8080"}, stop, ready, io.Discard, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- forwarder.ForwardPorts() }()
	t.Cleanup(func() { close(stop) })
	select {
	case <-ready:
	case err := <-ended:
		t.Fatalf("port-forward to pod %s: %v", pod, err)
	}
	ports, err := forwarder.GetPorts()
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("http://127.0.0.1:%d", ports[0].Local)
}

// ServerPod waits for a ready pod of the ZenML server in a namespace and returns its name.
func (c *Cluster) ServerPod(t testing.TB, namespace string) string {
	t.Helper()
	pods := c.Client(t).CoreV1().Pods(namespace)
	name := ""
	err := wait.PollUntilContextTimeout(t.Context(), 250*time.Millisecond, 2*time.Minute, true,
		func(ctx context.Context) (bool, error) {
			found, err := pods.List(ctx, metav1.ListOptions{LabelSelector: "app.kubernetes.io/instance"})
			if err != nil {
				return false, err
			}
			for _, pod := range found.Items {
				if pod.DeletionTimestamp == nil && isReady(pod) {
					name = pod.Name
				}
			}
			return name != "", nil
		})
	if err != nil {
		t.Fatalf("no pod of the server in namespace %s becomes ready: %v", namespace, err)
	}
	return name
}

func isReady(pod corev1.Pod) bool {
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodReady {
			return condition.Status == corev1.ConditionTrue
		}
	}
	return false
}
