package cluster

import (
	"context"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/nodes"
)

// provisioner creates nodes when pods need them.
type provisioner struct {
	evidence string // what shows that the cluster has it
	remedy   string // how to verify that it creates a node for the pod
}

// fargate is the label and the taint of nodes that AWS creates for one pod each.
const fargate = "eks.amazonaws.com/compute-type=fargate"

const (
	checkFargate = "make sure that a Fargate profile selects the namespace: " +
		"aws eks list-fargate-profiles --cluster-name CLUSTER, and describe-fargate-profile"
	checkKarpenter = "make sure that a node pool can create a large enough node: kubectl get nodepools -o yaml"
	checkAutopilot = "nothing to do; if the pod stays Pending, see its events: " +
		"kubectl describe pods -l app.kubernetes.io/name=zenml"
	checkAutoscaler = "make sure that a node group can grow and has large enough nodes: " +
		"kubectl -n kube-system get configmap cluster-autoscaler-status -o yaml"
)

// nodeLabels are the labels that provisioners set on their nodes.
var nodeLabels = []struct{ key, value, remedy string }{
	{"eks.amazonaws.com/compute-type", "fargate", checkFargate},
	{"eks.amazonaws.com/compute-type", "auto", checkKarpenter},
	{"karpenter.sh/nodepool", "", checkKarpenter},
	{"karpenter.sh/provisioner-name", "", checkKarpenter},
}

// findProvisioner returns what creates nodes on demand, as far as the user can
// read; nil if nothing does.
func findProvisioner(ctx context.Context, e *check.Env) *provisioner {
	seen, _ := someNodes(ctx, e)
	for _, n := range seen.Nodes {
		if found := provisionerOf(n); found != nil {
			return found
		}
	}
	switch {
	case check.ServesGroup(ctx, e, "karpenter.sh"):
		return &provisioner{"the cluster serves the API group karpenter.sh", checkKarpenter}
	case check.ServesGroup(ctx, e, "auto.gke.io"):
		return &provisioner{"the cluster serves the API group auto.gke.io of GKE Autopilot", checkAutopilot}
	}
	return findAutoscaler(ctx, e)
}

func provisionerOf(n nodes.Node) *provisioner {
	for _, l := range nodeLabels {
		if value, ok := n.Labels[l.key]; ok && (l.value == "" || l.value == value) {
			return &provisioner{"node " + n.Name + " has the label " + l.key + "=" + value, l.remedy}
		}
	}
	if strings.HasPrefix(n.Name, "gk3-") {
		return &provisioner{"node " + n.Name + " is named like a GKE Autopilot node", checkAutopilot}
	}
	return nil
}

const autoscalerName = "cluster-autoscaler"

// findAutoscaler looks for the cluster autoscaler: its Deployment, or its
// status if the provider runs it outside the cluster.
func findAutoscaler(ctx context.Context, e *check.Env) *provisioner {
	client, err := e.Cluster.Client()
	if err != nil {
		return nil
	}
	status := autoscalerName + "-status"
	if _, err := client.CoreV1().ConfigMaps(metav1.NamespaceSystem).Get(ctx, status, metav1.GetOptions{}); err == nil {
		return &provisioner{"the cluster has the ConfigMap " + metav1.NamespaceSystem + "/" + status, checkAutoscaler}
	}
	found, err := client.AppsV1().Deployments(metav1.NamespaceSystem).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil
	}
	for _, d := range found.Items {
		if strings.Contains(d.Name, autoscalerName) {
			return &provisioner{
				"the cluster has the Deployment " + metav1.NamespaceSystem + "/" + d.Name,
				checkAutoscaler,
			}
		}
	}
	return nil
}

// unlessOnDemand turns a fault that a new node would fix into a warning if the
// cluster creates nodes on demand.
func unlessOnDemand(ctx context.Context, e *check.Env, fault *check.Fault) *check.Fault {
	found := findProvisioner(ctx, e)
	if found == nil {
		return fault
	}
	fault.Warn, fault.Blocks = true, true
	fault.Summary += "; but a node may be created on demand: " + found.evidence
	fault.Reason = "whether a node is created for the pod only shows once the pod exists"
	if fault.Remedy != found.remedy {
		fault.Remedy = found.remedy + "\notherwise: " + fault.Remedy
	}
	return fault
}
