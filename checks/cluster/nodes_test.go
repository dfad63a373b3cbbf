package cluster

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/checks/nodes"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// addNode adds a node with 4 CPU and 8 GiB and the label test=<namespace>. It
// has no kubelet: a taint that only the test's pods tolerate keeps other pods
// away. The API server taints every new node as not-ready; addNode waits until
// the node controller removes that taint.
func addNode(t *testing.T, c *testcluster.Cluster, namespace string, change ...func(*corev1.Node)) string {
	t.Helper()
	client := c.Client(t)
	n := &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{
			GenerateName: "node-",
			Labels:       map[string]string{"test": namespace, corev1.LabelOSStable: "linux"},
		},
	}
	n.Spec.Taints = []corev1.Taint{{Key: "test", Value: namespace, Effect: corev1.TaintEffectNoSchedule}}
	for _, f := range change {
		f(n)
	}
	n.Status.Allocatable = corev1.ResourceList{
		"cpu":    resource.MustParse("4"),
		"memory": resource.MustParse("8Gi"),
		"pods":   resource.MustParse("10"),
	}
	n.Status.Capacity = n.Status.Allocatable
	n.Status.Conditions = []corev1.NodeCondition{
		{Type: corev1.NodeReady, Status: corev1.ConditionTrue, LastHeartbeatTime: metav1.Now()},
	}
	made, err := client.CoreV1().Nodes().Create(t.Context(), n, metav1.CreateOptions{})
	checktest.Must(t, err)
	t.Cleanup(func() {
		_ = client.CoreV1().Nodes().Delete(context.WithoutCancel(t.Context()), made.Name, metav1.DeleteOptions{})
	})
	checktest.Must(
		t,
		wait.PollUntilContextTimeout(
			t.Context(),
			50*time.Millisecond,
			time.Minute,
			true,
			func(ctx context.Context) (bool, error) {
				now, err := client.CoreV1().Nodes().Get(ctx, made.Name, metav1.GetOptions{})
				return err == nil &&
					!slices.ContainsFunc(now.Spec.Taints,
						func(taint corev1.Taint) bool { return taint.Key == corev1.TaintNodeNotReady }), err
			},
		),
	)
	return made.Name
}

// onNodes schedules the server onto the test's nodes only.
func onNodes(namespace string, requests map[string]string) func(*answers.Answers) {
	return func(a *answers.Answers) {
		wanted := map[string]any{}
		for name, quantity := range requests {
			wanted[name] = quantity
		}
		a.Values = map[string]any{
			"nodeSelector": map[string]any{"test": namespace},
			"tolerations":  []any{map[string]any{"key": "test", "operator": "Exists"}},
			"resources":    map[string]any{"requests": wanted},
		}
	}
}

func TestNodes(t *testing.T) {
	c := testcluster.Start(t)
	everywhere := checktest.WithCluster(t, c.Access(), c.Namespace(t))
	checktest.Expect(t, look(t, everywhere, "cluster.nodes"), "cluster.nodes", check.Pass)
	for name, test := range map[string]struct {
		change func(*corev1.Node)
		say    string
	}{
		"tainted": {func(n *corev1.Node) {
			n.Spec.Taints = []corev1.Taint{{Key: "gpu", Value: "only", Effect: corev1.TaintEffectNoSchedule}}
		}, "tainted gpu=only:NoSchedule"},
		"cordoned": {func(n *corev1.Node) { n.Spec.Unschedulable = true }, "kubectl uncordon"},
		"other":    {func(n *corev1.Node) { n.Labels["test"] = "other" }, "not matched by nodeSelector"},
		"windows":  {func(n *corev1.Node) { n.Labels[corev1.LabelOSStable] = "windows" }, "a Windows node"},
	} {
		t.Run(name, func(t *testing.T) {
			namespace := c.Namespace(t)
			addNode(t, c, namespace, test.change)
			report := look(t, checktest.WithCluster(t, c.Access(), namespace, onNodes(namespace, nil)), "cluster.nodes",
				"cluster.capacity")
			checktest.Expect(t, report, "cluster.nodes", check.Failed, test.say)
			checktest.Expect(t, report, "cluster.capacity", check.Skipped, "needs cluster.nodes")
		})
	}
	namespace := c.Namespace(t)
	restricted := checktest.WithCluster(t, checktest.ServiceAccount(t, c, namespace), namespace)
	checktest.Expect(t, look(t, restricted, "cluster.nodes"), "cluster.nodes", check.Skipped,
		"cannot list the cluster's nodes")
}

func TestNodes_arm64(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	addNode(t, c, namespace, func(n *corev1.Node) { n.Labels[corev1.LabelArchStable] = "arm64" })
	report := look(t, checktest.WithCluster(t, c.Access(), namespace, onNodes(namespace, nil)), "cluster.nodes")
	checktest.Accept(t, report, "cluster.nodes", "arm64 nodes only", check.Pass)
}

func TestUnfitReasons(t *testing.T) {
	w := workload{by: "Deployment zenml-server"}
	if fault := unfit([]nodes.Node{{Name: "a"}, {Name: "b", Ready: true, Cordoned: true}, {Name: "c"}},
		w); !strings.Contains(
		fault.Summary,
		"2 not ready, 1 cordoned",
	) {
		t.Error(fault.Summary)
	}
	if fault := unfit(nil, w); !strings.Contains(fault.Summary, "has no nodes") {
		t.Error(fault.Summary)
	}
}

func TestNodeRefuses(t *testing.T) {
	gpu := nodes.Node{
		Name:   "a",
		Ready:  true,
		Labels: map[string]string{"zone": "eu", "cores": "8"},
		Taints: []corev1.Taint{
			{Key: "gpu", Effect: corev1.TaintEffectNoExecute},
			{Key: "soft", Effect: corev1.TaintEffectPreferNoSchedule},
		},
	}
	affinity := func(r ...corev1.NodeSelectorRequirement) *corev1.Affinity {
		return &corev1.Affinity{
			NodeAffinity: &corev1.NodeAffinity{
				RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
					NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: r}},
				},
			},
		}
	}
	tolerant := []corev1.Toleration{{Key: "gpu", Operator: corev1.TolerationOpExists}}
	for name, test := range map[string]struct {
		spec corev1.PodSpec
		want bool
	}{
		"plain":     {corev1.PodSpec{}, false},
		"tolerates": {corev1.PodSpec{Tolerations: tolerant}, true},
		"in": {corev1.PodSpec{Tolerations: tolerant,
			Affinity: affinity(corev1.NodeSelectorRequirement{Key: "zone", Operator: "In", Values: []string{"us",
				"eu"}})}, true},
		"not in": {corev1.PodSpec{Tolerations: tolerant,
			Affinity: affinity(corev1.NodeSelectorRequirement{Key: "zone", Operator: "NotIn", Values: []string{"eu"}})}, false},
		"exists": {corev1.PodSpec{Tolerations: tolerant,
			Affinity: affinity(corev1.NodeSelectorRequirement{Key: "disk", Operator: "Exists"})}, false},
		"does not exist": {corev1.PodSpec{Tolerations: tolerant,
			Affinity: affinity(corev1.NodeSelectorRequirement{Key: "disk", Operator: "DoesNotExist"})}, true},
		"greater": {corev1.PodSpec{Tolerations: tolerant,
			Affinity: affinity(corev1.NodeSelectorRequirement{Key: "cores", Operator: "Gt", Values: []string{"4"}})}, true},
		"less": {corev1.PodSpec{Tolerations: tolerant,
			Affinity: affinity(corev1.NodeSelectorRequirement{Key: "cores", Operator: "Lt", Values: []string{"4"}})}, false},
	} {
		if got := gpu.Refuses(test.spec) == ""; got != test.want {
			t.Errorf("%s: accepts is %t: %s", name, got, gpu.Refuses(test.spec))
		}
	}
}
