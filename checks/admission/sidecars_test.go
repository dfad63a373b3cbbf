package admission

import (
	"context"
	"fmt"
	"strings"
	"testing"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

func onMySQL(a *answers.Answers) {
	a.Database = answers.Database{Type: answers.MySQLDatabase, MySQL: answers.MySQL{
		Host: "db.example.com", Name: "zenml", User: "zenml", Password: checktest.Plain(checktest.Canary),
	}}
}

// mutate changes every new pod of a namespace, like the webhook of a service mesh,
// unless the pod opts out.
func mutate(t *testing.T, c *testcluster.Cluster, namespace, patch, optOut string) {
	t.Helper()
	api, fail := c.Client(t).AdmissionregistrationV1(), admissionv1.Fail
	ctx := context.WithoutCancel(t.Context())
	rule := admissionv1.RuleWithOperations{
		Operations: []admissionv1.OperationType{admissionv1.Create},
		Rule:       admissionv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"pods"}},
	}
	policy := &admissionv1.MutatingAdmissionPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: namespace},
		Spec: admissionv1.MutatingAdmissionPolicySpec{
			FailurePolicy: &fail, ReinvocationPolicy: admissionv1.NeverReinvocationPolicy,
			MatchConstraints: &admissionv1.MatchResources{
				ResourceRules: []admissionv1.NamedRuleWithOperations{{RuleWithOperations: rule}},
			},
			Mutations: []admissionv1.Mutation{mutation(patch)},
		},
	}
	if optOut != "" {
		policy.Spec.MatchConditions = []admissionv1.MatchCondition{{Name: "not-opted-out", Expression: fmt.Sprintf(
			"!(has(object.metadata.annotations) && '%s' in object.metadata.annotations)", optOut)}}
	}
	_, err := api.MutatingAdmissionPolicies().Create(ctx, policy, metav1.CreateOptions{})
	checktest.Must(t, err)
	t.Cleanup(func() { _ = api.MutatingAdmissionPolicies().Delete(ctx, namespace, metav1.DeleteOptions{}) })
	here := map[string]string{corev1.LabelMetadataName: namespace}
	_, err = api.MutatingAdmissionPolicyBindings().Create(ctx, &admissionv1.MutatingAdmissionPolicyBinding{
		ObjectMeta: metav1.ObjectMeta{Name: namespace},
		Spec: admissionv1.MutatingAdmissionPolicyBindingSpec{
			PolicyName:     namespace,
			MatchResources: &admissionv1.MatchResources{NamespaceSelector: &metav1.LabelSelector{MatchLabels: here}},
		},
	}, metav1.CreateOptions{})
	checktest.Must(t, err)
	t.Cleanup(func() { _ = api.MutatingAdmissionPolicyBindings().Delete(ctx, namespace, metav1.DeleteOptions{}) })
	// The API server applies a new policy after a while.
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "try"}, Spec: corev1.PodSpec{
		InitContainers: []corev1.Container{{Name: "first", Image: "example.com/none:1"}},
		Containers:     []corev1.Container{{Name: "a", Image: "example.com/none:1"}},
	}}
	dryRun := metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}}
	eventually(t, func(ctx context.Context) bool {
		made, err := c.Client(t).CoreV1().Pods(namespace).Create(ctx, pod, dryRun)
		return err == nil && (len(made.Spec.Containers)+len(made.Spec.InitContainers) > 2 ||
			made.Spec.Containers[0].Resources.Limits != nil)
	})
}

func mutation(patch string) admissionv1.Mutation {
	if strings.HasPrefix(patch, "Object{") {
		return admissionv1.Mutation{
			PatchType:          admissionv1.PatchTypeApplyConfiguration,
			ApplyConfiguration: &admissionv1.ApplyConfiguration{Expression: patch},
		}
	}
	return admissionv1.Mutation{
		PatchType: admissionv1.PatchTypeJSONPatch, JSONPatch: &admissionv1.JSONPatch{Expression: patch},
	}
}

func addContainer(name string) string {
	return `[JSONPatch{op: "add", path: "/spec/containers/-", ` +
		`value: Object.spec.containers{name: "` + name + `", image: "example.com/none:1"}}]`
}

func addNativeSidecar(name string) string {
	return `Object{spec: Object.spec{initContainers: [Object.spec.initContainers{` +
		`name: "` + name + `", image: "example.com/none:1", restartPolicy: "Always"}]}}`
}

func sidecars(t *testing.T, c *testcluster.Cluster, namespace string, change ...func(*answers.Answers)) check.Report {
	t.Helper()
	return look(t, checktest.WithCluster(t, c.Access(), namespace, change...), "cluster.sidecars")
}

func TestSidecars(t *testing.T) {
	c := testcluster.Start(t)
	for container, say := range map[string][]string{
		"istio-proxy":      {"Istio adds the container istio-proxy to the pod of Job", `sidecar.istio.io/inject: "false"`},
		"linkerd-proxy":    {"Linkerd adds", "linkerd.io/inject: disabled"},
		"consul-dataplane": {"Consul adds", `consul.hashicorp.com/connect-inject: "false"`},
		"vault-agent":      {"Vault Agent adds", `vault.hashicorp.com/agent-inject: "false"`},
		"log-shipper":      {"an admission webhook or policy adds the container log-shipper", "server.podAnnotations"},
	} {
		t.Run(container, func(t *testing.T) {
			namespace := c.Namespace(t)
			admitted(t, c, namespace)
			mutate(t, c, namespace, addContainer(container), "")
			checktest.Expect(t, sidecars(t, c, namespace, onMySQL), "cluster.sidecars", check.Warned, say...)
		})
	}
}

func TestSidecarsHealthy(t *testing.T) {
	c := testcluster.Start(t)
	t.Run("no mesh", func(t *testing.T) {
		namespace := c.Namespace(t)
		admitted(t, c, namespace)
		checktest.Expect(t, sidecars(t, c, namespace, onMySQL), "cluster.sidecars", check.Pass, "no container is added")
	})
	t.Run("native sidecar", func(t *testing.T) {
		namespace := c.Namespace(t)
		admitted(t, c, namespace)
		mutate(t, c, namespace, addNativeSidecar("istio-proxy"), "")
		checktest.Expect(t, admitted(t, c, namespace, onMySQL), "cluster.admission", check.Pass)
		checktest.Accept(t, sidecars(t, c, namespace, onMySQL), "cluster.sidecars",
			"a service mesh with native sidecars", check.Pass)
	})
	t.Run("opted out, and without a Job", func(t *testing.T) {
		namespace := c.Namespace(t)
		admitted(t, c, namespace)
		mutate(t, c, namespace, addContainer("istio-proxy"), "sidecar.istio.io/inject")
		optOut := func(a *answers.Answers) {
			a.Server.PodAnnotations = map[string]string{"sidecar.istio.io/inject": "false"}
		}
		checktest.Expect(t, sidecars(t, c, namespace, onMySQL), "cluster.sidecars", check.Warned)
		checktest.Accept(t, sidecars(t, c, namespace, onMySQL, optOut), "cluster.sidecars",
			"a service mesh that the pods opt out of", check.Pass)
		checktest.Expect(t, sidecars(t, c, namespace), "cluster.sidecars", check.Pass, "runs no Job")
	})
}

// TestSidecarsByNamespaceLabel uses an account that cannot create pods.
func TestSidecarsByNamespaceLabel(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	access := installerAccount(t, c, namespace, onMySQL)
	ask := func(change ...func(*answers.Answers)) check.Report {
		change = append(change, onMySQL)
		return look(t, checktest.WithCluster(t, access, namespace, change...), "cluster.sidecars")
	}
	checktest.Expect(t, ask(), "cluster.sidecars", check.Skipped, "you cannot create pods")
	label(t, c, namespace, "istio-injection", "enabled")
	checktest.Expect(t, ask(), "cluster.sidecars", check.Warned, "has istio-injection=enabled, so Istio may add",
		`podAnnotations: {sidecar.istio.io/inject: "false"}`)
	optOut := func(a *answers.Answers) {
		a.Server.PodAnnotations = map[string]string{"sidecar.istio.io/inject": "false"}
	}
	checktest.Expect(t, ask(optOut), "cluster.sidecars", check.Skipped)
}
