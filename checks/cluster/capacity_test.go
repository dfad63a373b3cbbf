package cluster

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

func TestCapacity(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	name := addNode(t, c, namespace)
	asking := func(requests map[string]string) check.Report {
		return look(
			t,
			checktest.WithCluster(t, c.Access(), namespace, onNodes(namespace, requests)),
			"cluster.capacity",
		)
	}
	checktest.Expect(t, asking(map[string]string{"cpu": "3", "memory": "7Gi"}), "cluster.capacity", check.Pass,
		"which fits on "+name)
	checktest.Expect(t, asking(map[string]string{"cpu": "5"}), "cluster.capacity", check.Failed,
		"no node is large enough", name, "if an autoscaler adds larger nodes")
	checktest.Expect(t, asking(map[string]string{"memory": "9Gi"}), "cluster.capacity", check.Failed,
		"no node is large enough")

	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "heavy", Namespace: namespace},
		Spec: corev1.PodSpec{NodeName: name, Containers: []corev1.Container{
			{
				Name:  "a",
				Image: "example.com/none:1",
				Resources: corev1.ResourceRequirements{
					Requests: corev1.ResourceList{"cpu": resource.MustParse("2500m")},
				},
			},
		}},
	}
	_, err := c.Client(t).CoreV1().Pods(namespace).Create(t.Context(), pod, metav1.CreateOptions{})
	checktest.Must(t, err)
	checktest.Expect(t, asking(map[string]string{"cpu": "1"}), "cluster.capacity", check.Pass)
	checktest.Expect(t, asking(map[string]string{"cpu": "2"}), "cluster.capacity", check.Failed, "no node has room",
		"large enough but full")
}
