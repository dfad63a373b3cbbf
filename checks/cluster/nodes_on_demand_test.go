package cluster

import (
	"context"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/checks/nodes"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// These tests temporarily make the whole cluster look autoscaled, so they do
// not run in parallel with tests of node faults.

// onDemand is a healthy set-up that cluster.nodes accepts.
const onDemand = "Karpenter, GKE Autopilot or a cluster autoscaler that adds nodes when pods need them (a warning)"

func TestNodesOnFargate(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	name := addNode(t, c, namespace, func(n *corev1.Node) {
		n.Labels["eks.amazonaws.com/compute-type"] = "fargate"
		n.Spec.Taints = []corev1.Taint{
			{Key: "eks.amazonaws.com/compute-type", Value: "fargate", Effect: corev1.TaintEffectNoSchedule},
		}
	})
	report := look(t, checktest.WithCluster(t, c.Access(), namespace, onNodes(namespace, nil)), "cluster.nodes",
		"cluster.capacity")
	result := checktest.Accept(t, report, "cluster.nodes",
		"AWS Fargate, where each pod gets a node of its own (a warning)", check.Warned,
		"tainted eks.amazonaws.com/compute-type=fargate:NoSchedule",
		"node "+name+" has the label eks.amazonaws.com/compute-type=fargate", "a Fargate profile selects the namespace")
	checktest.Expect(t, report, "cluster.capacity", check.Skipped, "needs cluster.nodes")
	if strings.Contains(result.Remedy, "tolerations") {
		t.Errorf("a toleration does not help on Fargate: %s", result.Remedy)
	}
}

func TestCapacityWithKarpenter(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	addNode(t, c, namespace)
	other := c.Namespace(t) // the pod does not select the node with the label
	name := addNode(t, c, other, func(n *corev1.Node) { n.Labels["karpenter.sh/nodepool"] = "general" })
	asking := func(cpu string) check.Report {
		return look(
			t,
			checktest.WithCluster(t, c.Access(), namespace, onNodes(namespace, map[string]string{"cpu": cpu})),
			"cluster.capacity",
		)
	}
	checktest.Accept(t, asking("8"), "cluster.capacity", "Karpenter that adds a larger node (a warning)",
		check.Warned, "no node is large enough",
		"node "+name+" has the label karpenter.sh/nodepool=general", "kubectl get nodepools",
		"otherwise: lower server.resources.requests")
	checktest.Expect(t, asking("1"), "cluster.capacity", check.Pass)
}

// TestNodesOnDemandAPIGroups uses a proxy that adds the API groups of provisioners.
func TestNodesOnDemandAPIGroups(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t) // no node has this label
	by := func(access *kube.Access) check.Report {
		return look(t, checktest.WithCluster(t, access, namespace, onNodes(namespace, nil)), "cluster.nodes")
	}
	checktest.Expect(t, by(c.Access()), "cluster.nodes", check.Failed, "not matched by nodeSelector")
	checktest.Accept(t, by(checktest.Serving(t, c, "karpenter.sh")), "cluster.nodes", onDemand, check.Warned,
		"the API group karpenter.sh", "kubectl get nodepools", "otherwise: fix server.nodeSelector")
	checktest.Accept(t, by(checktest.Serving(t, c, "auto.gke.io")), "cluster.nodes", onDemand, check.Warned,
		"the API group auto.gke.io")
}

func TestNodesWithClusterAutoscaler(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	client, ctx := c.Client(t), context.WithoutCancel(t.Context())
	ask := func() check.Report {
		return look(t, checktest.WithCluster(t, c.Access(), namespace, onNodes(namespace, nil)), "cluster.nodes")
	}
	labels := map[string]string{"app": namespace}
	scaler := &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "aws-cluster-autoscaler"},
		Spec: appsv1.DeploymentSpec{
			Replicas: new(int32),
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "a", Image: "example.com/none:1"}}},
			},
		},
	}
	_, err := client.AppsV1().Deployments("kube-system").Create(ctx, scaler, metav1.CreateOptions{})
	checktest.Must(t, err)
	t.Cleanup(func() {
		_ = client.AppsV1().Deployments("kube-system").Delete(ctx, scaler.Name, metav1.DeleteOptions{})
	})
	checktest.Accept(t, ask(), "cluster.nodes", onDemand, check.Warned, "Deployment kube-system/aws-cluster-autoscaler",
		"a node group can grow")
	status := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "cluster-autoscaler-status"}}
	_, err = client.CoreV1().ConfigMaps("kube-system").Create(ctx, status, metav1.CreateOptions{})
	checktest.Must(t, err)
	t.Cleanup(func() { _ = client.CoreV1().ConfigMaps("kube-system").Delete(ctx, status.Name, metav1.DeleteOptions{}) })
	checktest.Expect(t, ask(), "cluster.nodes", check.Warned, "ConfigMap kube-system/cluster-autoscaler-status")
	checktest.Expect(t, look(t, checktest.WithCluster(t, c.Access(), namespace), "cluster.nodes"), "cluster.nodes",
		check.Pass)
}

func TestProvisionerOfAutopilotNodeNames(t *testing.T) {
	if found := provisionerOf(nodes.Node{Name: "gk3-zenml-pool-1-3f2a"}); found == nil ||
		found.remedy != checkAutopilot {
		t.Errorf("%+v", found)
	}
	if found := provisionerOf(
		nodes.Node{Name: "gke-zenml-pool-1-3f2a", Labels: map[string]string{"eks.amazonaws.com/compute-type": "ec2"}},
	); found != nil {
		t.Errorf("%+v", found)
	}
}
