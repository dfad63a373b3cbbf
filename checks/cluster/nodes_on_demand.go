package cluster

import (
	"context"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/nodes"
)

// demand is a sign that the cluster makes nodes when pods want them.
type demand struct {
	sign  string // what shows it
	check string // how to see whether it makes one for the pod
}

// fargate is the label and the taint of nodes that AWS makes for one pod each.
const fargate = "eks.amazonaws.com/compute-type=fargate"

const (
	checkFargate    = "see that a Fargate profile selects the namespace: aws eks list-fargate-profiles --cluster-name CLUSTER, and describe-fargate-profile"
	checkKarpenter  = "see that a node pool may make a node that is large enough: kubectl get nodepools -o yaml"
	checkAutopilot  = "none is needed; should the pod stay Pending, its events say why: kubectl describe pod"
	checkAutoscaler = "see that a node group may grow, and has nodes that are large enough: kubectl -n kube-system get configmap cluster-autoscaler-status -o yaml"
)

// nodeSigns are the labels by which nodes show what has made them.
var nodeSigns = []struct{ key, value, check string }{
	{"eks.amazonaws.com/compute-type", "fargate", checkFargate},
	{"eks.amazonaws.com/compute-type", "auto", checkKarpenter},
	{"karpenter.sh/nodepool", "", checkKarpenter},
	{"karpenter.sh/provisioner-name", "", checkKarpenter},
}

// onDemand finds what makes nodes on demand; nil when nothing shows it. Where
// the user may not look it shows nothing.
func onDemand(ctx context.Context, e *check.Env) *demand {
	seen, _ := someNodes(ctx, e)
	for _, n := range seen.Nodes {
		if found := demandOf(n); found != nil {
			return found
		}
	}
	switch {
	case check.ServesGroup(ctx, e, "karpenter.sh"):
		return &demand{"the cluster has the API group karpenter.sh", checkKarpenter}
	case check.ServesGroup(ctx, e, "auto.gke.io"):
		return &demand{"the cluster has the API group auto.gke.io, as GKE Autopilot has", checkAutopilot}
	}
	return autoscaler(ctx, e)
}

func demandOf(n nodes.Node) *demand {
	for _, s := range nodeSigns {
		if value, ok := n.Labels[s.key]; ok && (s.value == "" || s.value == value) {
			return &demand{"node " + n.Name + " has the label " + s.key + "=" + value, s.check}
		}
	}
	if strings.HasPrefix(n.Name, "gk3-") {
		return &demand{"node " + n.Name + " is named as GKE Autopilot names its nodes", checkAutopilot}
	}
	return nil
}

const autoscalerName = "cluster-autoscaler"

// autoscaler looks for the cluster autoscaler: its Deployment, or what it says
// of itself where its provider runs it elsewhere.
func autoscaler(ctx context.Context, e *check.Env) *demand {
	client, err := e.Cluster.Client()
	if err != nil {
		return nil
	}
	status := autoscalerName + "-status"
	if _, err := client.CoreV1().ConfigMaps(metav1.NamespaceSystem).Get(ctx, status, metav1.GetOptions{}); err == nil {
		return &demand{"there is the ConfigMap " + metav1.NamespaceSystem + "/" + status, checkAutoscaler}
	}
	found, err := client.AppsV1().Deployments(metav1.NamespaceSystem).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil
	}
	for _, d := range found.Items {
		if strings.Contains(d.Name, autoscalerName) {
			return &demand{"there is the Deployment " + metav1.NamespaceSystem + "/" + d.Name, checkAutoscaler}
		}
	}
	return nil
}

// unlessOnDemand makes a warning of a fault that a new node would mend, where
// nodes are made on demand.
func unlessOnDemand(ctx context.Context, e *check.Env, fault *check.Fault) *check.Fault {
	found := onDemand(ctx, e)
	if found == nil {
		return fault
	}
	fault.Warn, fault.Blocks = true, true
	fault.Found += "; but a node may be made on demand: " + found.sign
	fault.Why = "whether a node is made for the pod shows only once the pod is there"
	if fault.Remedy != found.check {
		fault.Remedy = found.check + "\notherwise: " + fault.Remedy
	}
	return fault
}
