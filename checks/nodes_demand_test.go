package checks

import (
	"context"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// These tests show the whole cluster signs of an autoscaler for a moment, and
// therefore do not run beside those that want a node's fault to be one.

func TestNodesOfFargate(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	name := addNode(t, c, namespace, func(n *corev1.Node) {
		n.Labels["eks.amazonaws.com/compute-type"] = "fargate"
		n.Spec.Taints = []corev1.Taint{{Key: "eks.amazonaws.com/compute-type", Value: "fargate", Effect: corev1.TaintEffectNoSchedule}}
	})
	report := look(t, withCluster(t, c.Access(), namespace, onNodes(namespace, nil)), "cluster.nodes", "cluster.capacity")
	result := expect(t, report, "cluster.nodes", Warned, "tainted eks.amazonaws.com/compute-type=fargate:NoSchedule", "node "+name+" has the label eks.amazonaws.com/compute-type=fargate", "a Fargate profile selects the namespace")
	expect(t, report, "cluster.capacity", Skipped, "needs cluster.nodes")
	if strings.Contains(result.Hint, "tolerations") {
		t.Errorf("no toleration brings the pod onto a node of Fargate's: %s", result.Hint)
	}
}

func TestCapacityWithKarpenter(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	addNode(t, c, namespace)
	other := c.Namespace(t) // the sign is on a node that the pod is not for
	name := addNode(t, c, other, func(n *corev1.Node) { n.Labels["karpenter.sh/nodepool"] = "general" })
	asking := func(cpu string) Report {
		return look(t, withCluster(t, c.Access(), namespace, onNodes(namespace, map[string]string{"cpu": cpu})), "cluster.capacity")
	}
	expect(t, asking("8"), "cluster.capacity", Warned, "no node is large enough", "node "+name+" has the label karpenter.sh/nodepool=general", "kubectl get nodepools", "otherwise: lower server.resources.requests")
	expect(t, asking("1"), "cluster.capacity", Pass)
}

// TestNodesByWhatTheClusterServes asks a cluster with the groups of what makes
// nodes, which here a proxy adds.
func TestNodesByWhatTheClusterServes(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t) // no node is labelled with it
	by := func(access *kube.Access) Report {
		return look(t, withCluster(t, access, namespace, onNodes(namespace, nil)), "cluster.nodes")
	}
	expect(t, by(c.Access()), "cluster.nodes", Failed, "not matched by nodeSelector")
	expect(t, by(serving(t, c, "karpenter.sh")), "cluster.nodes", Warned, "the API group karpenter.sh", "kubectl get nodepools", "otherwise: correct server.nodeSelector")
	expect(t, by(serving(t, c, "auto.gke.io")), "cluster.nodes", Warned, "the API group auto.gke.io")
}

func TestNodesByAClusterAutoscaler(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	client, ctx := c.Client(t), context.WithoutCancel(t.Context())
	ask := func() Report {
		return look(t, withCluster(t, c.Access(), namespace, onNodes(namespace, nil)), "cluster.nodes")
	}
	labels := map[string]string{"app": namespace}
	scaler := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: "aws-cluster-autoscaler"}, Spec: appsv1.DeploymentSpec{
		Replicas: new(int32), Selector: &metav1.LabelSelector{MatchLabels: labels},
		Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "a", Image: "example.com/none:1"}}}},
	}}
	_, err := client.AppsV1().Deployments("kube-system").Create(ctx, scaler, metav1.CreateOptions{})
	must(t, err)
	t.Cleanup(func() {
		_ = client.AppsV1().Deployments("kube-system").Delete(ctx, scaler.Name, metav1.DeleteOptions{})
	})
	expect(t, ask(), "cluster.nodes", Warned, "Deployment kube-system/aws-cluster-autoscaler", "a node group may grow")
	status := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "cluster-autoscaler-status"}}
	_, err = client.CoreV1().ConfigMaps("kube-system").Create(ctx, status, metav1.CreateOptions{})
	must(t, err)
	t.Cleanup(func() { _ = client.CoreV1().ConfigMaps("kube-system").Delete(ctx, status.Name, metav1.DeleteOptions{}) })
	expect(t, ask(), "cluster.nodes", Warned, "ConfigMap kube-system/cluster-autoscaler-status")
	expect(t, look(t, withCluster(t, c.Access(), namespace), "cluster.nodes"), "cluster.nodes", Pass)
}

func TestNodesOfAutopilotAreKnownByTheirNames(t *testing.T) {
	if found := demandOf(node{name: "gk3-zenml-pool-1-3f2a"}); found == nil || found.check != checkAutopilot {
		t.Errorf("%+v", found)
	}
	if found := demandOf(node{name: "gke-zenml-pool-1-3f2a", labels: map[string]string{"eks.amazonaws.com/compute-type": "ec2"}}); found != nil {
		t.Errorf("%+v", found)
	}
}
