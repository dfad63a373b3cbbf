package scenarios_test

import (
	"context"
	"strings"
	"time"

	admission "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/zenml-installer/zenml-installer/internal/poll"
)

// openShiftUser is a user as assigned to a namespace by OpenShift.
const openShiftUser = "1000680000"

var profiles = []scenario{
	{name: "restricted namespace", quick: true, samples: []string{"restricted.yaml"}, run: func(i *installation) {
		i.label("pod-security.kubernetes.io/enforce", "restricted")
		onMySQL(i)
		if groups := strings.TrimSpace(i.python("import os; print(os.getgroups())")); !strings.Contains(groups, "2000") {
			i.Errorf("the process has the groups %s, want 2000", groups)
		}
	}},
	{name: "namespace that assigns users, like OpenShift's", samples: []string{"openshift.yaml"}, run: assignedUser},
	{name: "namespace that assigns users, with sqlite on a volume", run: func(i *installation) {
		i.assignUsers()
		i.with("database: {type: sqlite, sqlite: {persistent: true}}\nserver: {security: {profile: openshift}}")
		i.keepsData()
	}},
}

func assignedUser(i *installation) {
	i.assignUsers()
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "zenml-sa"}}
	accounts := i.cluster.Client(i).CoreV1().ServiceAccounts(i.namespace)
	if _, err := accounts.Create(i.Context(), account, metav1.CreateOptions{}); err != nil {
		i.Fatal(err)
	}
	onMySQL(i)
	if user := strings.TrimSpace(i.python("import os; print(os.getuid())")); user != openShiftUser {
		i.Errorf("the server runs as user %s, want %s", user, openShiftUser)
	}
}

// label labels the namespace.
func (i *installation) label(key, value string) {
	i.Helper()
	patch := []byte(`{"metadata":{"labels":{"` + key + `":"` + value + `"}}}`)
	_, err := i.cluster.Client(i).CoreV1().Namespaces().Patch(i.Context(), i.namespace, types.StrategicMergePatchType,
		patch, metav1.PatchOptions{})
	if err != nil {
		i.Fatal(err)
	}
}

// assignUsers makes the namespace behave like OpenShift's default constraint:
// it assigns pods a user and a group from a range, and rejects pods that
// request others.
func (i *installation) assignUsers() {
	i.Helper()
	i.label("pod-security.kubernetes.io/enforce", "restricted")
	i.label("test.users", i.namespace)
	rules := &admission.MatchResources{
		NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"test.users": i.namespace}},
		ResourceRules: []admission.NamedRuleWithOperations{{RuleWithOperations: admission.RuleWithOperations{
			Operations: []admission.OperationType{admission.Create},
			Rule:       admission.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"pods"}},
		}}},
	}
	i.assignUser(rules)
	i.refuseUsers(rules)
	i.waitForUsers()
}

// waitForUsers waits until the API server assigns a user and refuses another: it applies
// a new policy after a while.
func (i *installation) waitForUsers() {
	i.Helper()
	ctx, cancel := context.WithTimeout(i.Context(), time.Minute)
	defer cancel()
	dry := metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}}
	try := func(user *int64) (*corev1.Pod, error) {
		return i.cluster.Client(i).CoreV1().Pods(i.namespace).Create(ctx, restrictedPod(user), dry)
	}
	i.check(poll.Until(ctx, 100*time.Millisecond, func() (bool, error) {
		assigned, notYet := try(nil)
		_, refused := try(new(int64(1)))
		return notYet == nil && assigned.Spec.SecurityContext.RunAsUser != nil && refused != nil, nil
	}))
}

// restrictedPod returns a pod as the restricted Pod Security level admits it.
func restrictedPod(user *int64) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "trial"}, Spec: corev1.PodSpec{
		SecurityContext: &corev1.PodSecurityContext{RunAsUser: user, RunAsNonRoot: new(true),
			SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}},
		Containers: []corev1.Container{{Name: "trial", Image: "example.com/none:1",
			SecurityContext: &corev1.SecurityContext{AllowPrivilegeEscalation: new(false),
				Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}}}},
	}}
}

// assignUser sets the namespace's user and group in pods.
func (i *installation) assignUser(rules *admission.MatchResources) {
	i.Helper()
	client, name := i.cluster.Client(i).AdmissionregistrationV1(), metav1.ObjectMeta{Name: i.namespace}
	_, err := client.MutatingAdmissionPolicies().Create(i.Context(), &admission.MutatingAdmissionPolicy{
		ObjectMeta: name, Spec: admission.MutatingAdmissionPolicySpec{
			MatchConstraints: rules, ReinvocationPolicy: admission.NeverReinvocationPolicy,
			Mutations: []admission.Mutation{{PatchType: admission.PatchTypeApplyConfiguration,
				ApplyConfiguration: &admission.ApplyConfiguration{Expression: assignment}}},
		}}, metav1.CreateOptions{})
	i.check(err)
	_, err = client.MutatingAdmissionPolicyBindings().Create(i.Context(), &admission.MutatingAdmissionPolicyBinding{
		ObjectMeta: name,
		Spec:       admission.MutatingAdmissionPolicyBindingSpec{PolicyName: i.namespace},
	}, metav1.CreateOptions{})
	i.check(err)
	i.Cleanup(func() {
		ctx := context.WithoutCancel(i.Context())
		_ = client.MutatingAdmissionPolicyBindings().Delete(ctx, i.namespace, metav1.DeleteOptions{})
		_ = client.MutatingAdmissionPolicies().Delete(ctx, i.namespace, metav1.DeleteOptions{})
	})
}

// refuseUsers rejects pods with another user or group.
func (i *installation) refuseUsers(rules *admission.MatchResources) {
	i.Helper()
	client, name := i.cluster.Client(i).AdmissionregistrationV1(), metav1.ObjectMeta{Name: i.namespace}
	_, err := client.ValidatingAdmissionPolicies().Create(i.Context(), &admission.ValidatingAdmissionPolicy{
		ObjectMeta: name, Spec: admission.ValidatingAdmissionPolicySpec{
			MatchConstraints: rules,
			Validations:      []admission.Validation{{Expression: inRange, Message: "the user is not in the range"}},
		}}, metav1.CreateOptions{})
	i.check(err)
	_, err = client.ValidatingAdmissionPolicyBindings().Create(i.Context(), &admission.ValidatingAdmissionPolicyBinding{
		ObjectMeta: name, Spec: admission.ValidatingAdmissionPolicyBindingSpec{
			PolicyName: i.namespace, ValidationActions: []admission.ValidationAction{admission.Deny},
		}}, metav1.CreateOptions{})
	i.check(err)
	i.Cleanup(func() {
		ctx := context.WithoutCancel(i.Context())
		_ = client.ValidatingAdmissionPolicyBindings().Delete(ctx, i.namespace, metav1.DeleteOptions{})
		_ = client.ValidatingAdmissionPolicies().Delete(ctx, i.namespace, metav1.DeleteOptions{})
	})
}

// assignment sets the namespace's user in pods without one, as OpenShift does.
const assignment = `Object{spec: Object.spec{securityContext: Object.spec.securityContext{
  runAsUser: has(object.spec.securityContext) && has(object.spec.securityContext.runAsUser) ?
    object.spec.securityContext.runAsUser : ` + openShiftUser + `,
  fsGroup: has(object.spec.securityContext) && has(object.spec.securityContext.fsGroup) ?
    object.spec.securityContext.fsGroup : ` + openShiftUser + `}}}`

// inRange accepts pods whose user and group, and whose containers' users, are
// the namespace's.
const inRange = `object.spec.securityContext.runAsUser == ` + openShiftUser + ` &&
object.spec.securityContext.fsGroup == ` + openShiftUser + ` &&
(object.spec.containers + (has(object.spec.initContainers) ? object.spec.initContainers : [])).all(c,
  !has(c.securityContext) || !has(c.securityContext.runAsUser) || c.securityContext.runAsUser == ` + openShiftUser + `)`
