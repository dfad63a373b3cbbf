package checks

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

var scale = flag.Bool("scale", false, "measure the checks on thousands of nodes (takes minutes)")

const (
	manyNodes = 5000
	manyPods  = 20000
	mostBytes = 150 << 20
)

// TestScale measures the cluster's checks on an empty sandbox, and again with
// thousands of nodes and pods.
func TestScale(t *testing.T) {
	if !*scale {
		t.Skip("takes minutes: -scale")
	}
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	small := measured(t, c, namespace)
	t.Logf("small: %s", small)
	fill(t, c, namespace)
	large := measured(t, c, namespace)
	t.Logf("%d nodes, %d pods: %s", manyNodes, manyPods, large)
	if large.wall > 2*small.wall || large.heap > mostBytes {
		t.Errorf("more than twice as long, or more than 150 MB")
	}
}

// measure is the cost of a run.
type measure struct {
	wall, serial time.Duration
	requests     int64
	heap         uint64 // peak, in bytes
	resident     string // peak memory of the process
}

func (m measure) String() string {
	return fmt.Sprintf("%s wall, %s if one by one, %d requests, %d MB heap at most, process %s", m.wall, m.serial,
		m.requests, m.heap>>20, m.resident)
}

// measured runs the checks three times and returns the fastest.
func measured(t *testing.T, c *testcluster.Cluster, namespace string) measure {
	t.Helper()
	var best measure
	for range 3 {
		access, count := counting(t, c)
		runtime.GC()
		stop, peak := watchHeap()
		report, err := Run(t.Context(), checktest.WithCluster(t, access, namespace, checktest.OnVolume),
			check.Options{Only: []string{"cluster", "supply.references"}}, nil)
		stop()
		checktest.Must(t, err)
		for _, r := range report.Results {
			t.Logf("%-22s %-5s %6d ms  %s", r.Check.ID, r.Status, r.Duration.Milliseconds(), r.Message)
		}
		m := measure{
			wall:     report.Duration,
			serial:   report.Serial(),
			requests: count.Load(),
			heap:     peak.Load(),
			resident: resident(),
		}
		if best.wall == 0 || m.wall < best.wall {
			best = m
		}
	}
	return best
}

// counting returns access through a proxy that counts bytes.
func counting(t *testing.T, c *testcluster.Cluster) (*kube.Access, *atomic.Int64) {
	t.Helper()
	var count atomic.Int64
	return checktest.Proxied(t, c, func(http.ResponseWriter, *http.Request) bool {
		count.Add(1)
		return false
	}), &count
}

func watchHeap() (stop func(), peak *atomic.Uint64) {
	peak = &atomic.Uint64{}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(5 * time.Millisecond)
		defer ticker.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapInuse))
			select {
			case <-done:
				return
			case <-ticker.C:
			}
		}
	}()
	return func() { close(done); <-ended }, peak
}

func resident() string {
	text, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			return strings.TrimSpace(rest)
		}
	}
	return "not known"
}

// fill creates the nodes and the pods, and removes them after the test.
func fill(t *testing.T, c *testcluster.Cluster, namespace string) {
	t.Helper()
	config, err := c.Access().Config()
	checktest.Must(t, err)
	config = rest.CopyConfig(config)
	config.QPS, config.ContentType = -1, "application/vnd.kubernetes.protobuf"
	client, err := kubernetes.NewForConfig(config)
	checktest.Must(t, err)
	mark := metav1.ListOptions{LabelSelector: "test=" + namespace}
	t.Cleanup(func() {
		ctx, now := context.WithoutCancel(t.Context()), int64(0)
		_ = client.CoreV1().Pods(namespace).DeleteCollection(ctx, metav1.DeleteOptions{GracePeriodSeconds: &now}, mark)
		_ = client.CoreV1().Nodes().DeleteCollection(ctx, metav1.DeleteOptions{}, mark)
	})
	atOnce(t, manyNodes, func(i int) error {
		_, err := client.CoreV1().Nodes().Create(t.Context(), largeNode(namespace, i), metav1.CreateOptions{})
		return err
	})
	atOnce(t, manyPods, func(i int) error {
		_, err := client.CoreV1().Pods(namespace).Create(t.Context(), smallPod(namespace, i), metav1.CreateOptions{})
		return err
	})
}

func atOnce(t *testing.T, n int, do func(int) error) {
	t.Helper()
	next, group := atomic.Int64{}, sync.WaitGroup{}
	for range 16 {
		group.Go(func() {
			for i := int(next.Add(1)); i <= n; i = int(next.Add(1)) {
				if err := do(i); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
}

// largeNode returns a node of a realistic size: with forty images and as many
// labels.
func largeNode(namespace string, i int) *corev1.Node {
	n := &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{
			Name: fmt.Sprintf("%s-%d", namespace, i),
			Labels: map[string]string{
				"test":                 namespace,
				corev1.LabelOSStable:   "linux",
				corev1.LabelArchStable: "amd64",
			},
		},
	}
	n.Spec.Taints = []corev1.Taint{{Key: "test", Value: namespace, Effect: corev1.TaintEffectNoSchedule}}
	for j := range 20 {
		n.Labels[fmt.Sprintf("example.com/label-%d", j)] = strings.Repeat("x", 20)
	}
	n.Status.Allocatable = corev1.ResourceList{
		"cpu":    resource.MustParse("8"),
		"memory": resource.MustParse("32Gi"),
		"pods":   resource.MustParse("110"),
	}
	n.Status.Capacity = n.Status.Allocatable
	n.Status.Conditions = []corev1.NodeCondition{
		{Type: corev1.NodeReady, Status: corev1.ConditionTrue, LastHeartbeatTime: metav1.Now()},
	}
	for j := range 40 {
		n.Status.Images = append(n.Status.Images, corev1.ContainerImage{Names: []string{
			fmt.Sprintf("registry.example.com/team/application-%d@sha256:%064d", j, j),
			fmt.Sprintf("registry.example.com/team/application-%d:v1", j),
		}, SizeBytes: 1 << 28})
	}
	return n
}

func smallPod(namespace string, i int) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("pod-%d", i), Labels: map[string]string{"test": namespace}},
		Spec: corev1.PodSpec{
			NodeName: fmt.Sprintf("%s-%d", namespace, 1+i%manyNodes),
			Containers: []corev1.Container{
				{
					Name:  "a",
					Image: "example.com/none:1",
					Resources: corev1.ResourceRequirements{
						Requests: corev1.ResourceList{"cpu": resource.MustParse("100m")},
					},
				},
			},
		},
	}
}
