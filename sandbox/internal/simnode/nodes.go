package simnode

import (
	"context"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// capacity of every simulated node.
var capacity = corev1.ResourceList{
	corev1.ResourceCPU:              resource.MustParse("16"),
	corev1.ResourceMemory:           resource.MustParse("64Gi"),
	corev1.ResourceEphemeralStorage: resource.MustParse("200Gi"),
	corev1.ResourcePods:             resource.MustParse("250"),
}

// CreateNodes creates count nodes, which are ready immediately.
func (c Config) CreateNodes(ctx context.Context, client kubernetes.Interface, count int) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(32)
	for i := range count {
		group.Go(func() error {
			name := NodeName(i, count)
			_, err := client.CoreV1().Nodes().Create(ctx, c.node(name), metav1.CreateOptions{})
			if err != nil && !apierrors.IsAlreadyExists(err) {
				return fmt.Errorf("create node %s: %w", name, err)
			}
			return nil
		})
	}
	return group.Wait()
}

// NodeName returns the name of node i of count: "sandbox" if it is the only one.
func NodeName(i, count int) string {
	if count == 1 {
		return "sandbox"
	}
	return fmt.Sprintf("sandbox-%04d", i)
}

// node returns a node as its kubelet would register it.
func (c Config) node(name string) *corev1.Node {
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{
			corev1.LabelHostname:    name,
			corev1.LabelOSStable:    "linux",
			corev1.LabelArchStable:  runtime.GOARCH,
			"sandbox.zenml.io/kind": "simulated",
		}},
		Status: corev1.NodeStatus{
			Capacity: capacity, Allocatable: capacity,
			Conditions: conditions(),
			Addresses: []corev1.NodeAddress{
				{Type: corev1.NodeInternalIP, Address: c.NodeIP},
				{Type: corev1.NodeHostName, Address: name},
			},
			DaemonEndpoints: corev1.NodeDaemonEndpoints{
				KubeletEndpoint: corev1.DaemonEndpoint{Port: int32(c.KubeletPort)}, //nolint:gosec // a port
			},
			NodeInfo: corev1.NodeSystemInfo{
				Architecture: runtime.GOARCH, OperatingSystem: "linux", OSImage: "simulated", KernelVersion: "simulated",
				ContainerRuntimeVersion: "simulated://1", KubeletVersion: c.KubeletVersion,
			},
		},
	}
}

func conditions() []corev1.NodeCondition {
	now := metav1.Now()
	condition := func(kind corev1.NodeConditionType, status corev1.ConditionStatus, reason string) corev1.NodeCondition {
		return corev1.NodeCondition{
			Type:               kind,
			Status:             status,
			Reason:             reason,
			LastHeartbeatTime:  now,
			LastTransitionTime: now,
		}
	}
	return []corev1.NodeCondition{
		condition(corev1.NodeMemoryPressure, corev1.ConditionFalse, "KubeletHasSufficientMemory"),
		condition(corev1.NodeDiskPressure, corev1.ConditionFalse, "KubeletHasNoDiskPressure"),
		condition(corev1.NodePIDPressure, corev1.ConditionFalse, "KubeletHasSufficientPID"),
		condition(corev1.NodeReady, corev1.ConditionTrue, "KubeletReady"),
	}
}
