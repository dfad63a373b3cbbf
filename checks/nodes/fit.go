package nodes

import (
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/klog/v2"
)

// Refuses returns why a node does not accept the pod, or "" if it does.
func (n Node) Refuses(spec corev1.PodSpec) string {
	switch {
	case !n.Ready:
		return "not ready"
	case n.Cordoned:
		return "cordoned"
	case spec.NodeName != "" && spec.NodeName != n.Name:
		return "not the node of the pod's nodeName"
	case !isSelected(n, spec):
		return "not matched by nodeSelector or node affinity"
	case n.Labels[corev1.LabelOSStable] == "windows":
		return "a Windows node"
	}
	if taint, ok := n.repels(spec.Tolerations); ok {
		return "tainted " + taint.ToString()
	}
	return ""
}

// repels returns the first taint that the pod does not tolerate.
func (n Node) repels(tolerations []corev1.Toleration) (corev1.Taint, bool) {
	for _, taint := range n.Taints {
		if taint.Effect == corev1.TaintEffectPreferNoSchedule {
			continue
		}
		tolerated := slices.ContainsFunc(tolerations, func(t corev1.Toleration) bool {
			return t.ToleratesTaint(klog.Background(), &taint, true)
		})
		if !tolerated {
			return taint, true
		}
	}
	return corev1.Taint{}, false
}

// isSelected reports whether nodeSelector and the required node affinity match the
// node. One term must match, with all its requirements.
func isSelected(n Node, spec corev1.PodSpec) bool {
	for key, value := range spec.NodeSelector {
		if n.Labels[key] != value {
			return false
		}
	}
	if spec.Affinity == nil || spec.Affinity.NodeAffinity == nil {
		return true
	}
	required := spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution
	if required == nil {
		return true
	}
	return slices.ContainsFunc(
		required.NodeSelectorTerms,
		func(t corev1.NodeSelectorTerm) bool { return matches(t, n) },
	)
}

func matches(t corev1.NodeSelectorTerm, n Node) bool {
	if len(t.MatchExpressions)+len(t.MatchFields) == 0 {
		return false // an empty term matches nothing
	}
	for _, r := range t.MatchExpressions {
		value, ok := n.Labels[r.Key]
		if !meets(r, value, ok) {
			return false
		}
	}
	for _, r := range t.MatchFields { // the name is the only supported field
		if !meets(r, n.Name, true) {
			return false
		}
	}
	return true
}

func meets(r corev1.NodeSelectorRequirement, value string, exists bool) bool {
	switch r.Operator {
	case corev1.NodeSelectorOpIn:
		return exists && slices.Contains(r.Values, value)
	case corev1.NodeSelectorOpNotIn:
		return !exists || !slices.Contains(r.Values, value)
	case corev1.NodeSelectorOpExists:
		return exists
	case corev1.NodeSelectorOpDoesNotExist:
		return !exists
	case corev1.NodeSelectorOpGt, corev1.NodeSelectorOpLt:
		return exists && compares(r, value)
	}
	return false
}

func compares(r corev1.NodeSelectorRequirement, value string) bool {
	if len(r.Values) != 1 {
		return false
	}
	have, errHave := strconv.ParseInt(value, 10, 64)
	want, errWant := strconv.ParseInt(r.Values[0], 10, 64)
	if errHave != nil || errWant != nil {
		return false
	}
	if r.Operator == corev1.NodeSelectorOpGt {
		return have > want
	}
	return have < want
}
