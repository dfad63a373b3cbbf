package supervisor

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func (s *Supervisor) waitNodes(ctx context.Context) error {
	interval := 200*time.Millisecond + time.Duration(
		s.record.Nodes.Count,
	)*time.Millisecond // listing thousands takes time
	return poll(ctx, interval, func(ctx context.Context) error {
		nodes, err := s.client.CoreV1().Nodes().List(ctx, metav1.ListOptions{ResourceVersion: "0"})
		if err != nil {
			return err
		}
		ready, reason := countReady(nodes.Items)
		if ready < s.record.Nodes.Count {
			return fmt.Errorf("%d of %d nodes are ready%s", ready, s.record.Nodes.Count, reason)
		}
		return nil
	})
}

// countReady returns how many nodes are ready, and why the first other one is
// not.
func countReady(nodes []corev1.Node) (int, string) {
	ready, reason := 0, ""
	for _, node := range nodes {
		for _, condition := range node.Status.Conditions {
			if condition.Type != corev1.NodeReady {
				continue
			}
			if condition.Status == corev1.ConditionTrue && !node.Spec.Unschedulable && !tainted(node) {
				ready++
			} else if reason == "" {
				reason = ": " + node.Name + ": " + condition.Message
			}
		}
	}
	return ready, reason
}

func tainted(node corev1.Node) bool {
	for _, taint := range node.Spec.Taints {
		if taint.Effect == corev1.TaintEffectNoSchedule || taint.Effect == corev1.TaintEffectNoExecute {
			return true
		}
	}
	return false
}

func (s *Supervisor) waitServiceAccount(ctx context.Context) error {
	return poll(ctx, 100*time.Millisecond, func(ctx context.Context) error {
		_, err := s.client.CoreV1().ServiceAccounts(metav1.NamespaceDefault).Get(ctx, "default", metav1.GetOptions{})
		return err
	})
}
