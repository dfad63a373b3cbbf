package checktest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/dynamic"

	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// InstallServer creates the Deployment and the Secret of a server like the
// charts do: plain variables in the Deployment, the encryption key and the
// login in the Secret.
func InstallServer(t *testing.T, c *testcluster.Cluster, namespace string, open, hidden map[string]string) {
	t.Helper()
	client, labels := c.Client(t), map[string]string{
		"app.kubernetes.io/name":     "zenml",
		"app.kubernetes.io/instance": "zenml-server",
	}
	var env []corev1.EnvVar
	for name, value := range open {
		env = append(env, corev1.EnvVar{Name: name, Value: value})
	}
	meta := metav1.ObjectMeta{Name: "zenml-server", Labels: labels}
	_, err := client.CoreV1().Secrets(namespace).Create(t.Context(),
		&corev1.Secret{ObjectMeta: meta, StringData: hidden}, metav1.CreateOptions{})
	Must(t, err)
	none := int32(0)
	_, err = client.AppsV1().Deployments(namespace).Create(
		t.Context(),
		&appsv1.Deployment{ObjectMeta: meta, Spec: appsv1.DeploymentSpec{
			Replicas: &none,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec: corev1.PodSpec{Containers: []corev1.Container{
					{
						Name:  "zenml",
						Image: "zenml",
						Env:   env,
						EnvFrom: []corev1.EnvFromSource{
							{
								SecretRef: &corev1.SecretEnvSource{
									LocalObjectReference: corev1.LocalObjectReference{Name: "zenml-server"},
								},
							},
						},
					},
				}},
			},
		}},
		metav1.CreateOptions{},
	)
	Must(t, err)
}

// Policy rejects the creation of a resource in a namespace if the expression holds. Its
// message names the policy.
func Policy(t *testing.T, c *testcluster.Cluster, name, namespace, resource, where string) {
	t.Helper()
	api, deny := c.Client(t).AdmissionregistrationV1(), admissionv1.Fail
	created := []admissionv1.OperationType{admissionv1.Create}
	rule := admissionv1.RuleWithOperations{
		Operations: created,
		Rule: admissionv1.Rule{
			APIGroups:   []string{"*"},
			APIVersions: []string{"*"},
			Resources:   []string{resource},
		},
	}
	_, err := api.ValidatingAdmissionPolicies().Create(
		t.Context(),
		&admissionv1.ValidatingAdmissionPolicy{
			ObjectMeta: metav1.ObjectMeta{Name: name},
			Spec: admissionv1.ValidatingAdmissionPolicySpec{
				FailurePolicy: &deny,
				MatchConstraints: &admissionv1.MatchResources{
					ResourceRules: []admissionv1.NamedRuleWithOperations{{RuleWithOperations: rule}},
				},
				MatchConditions: []admissionv1.MatchCondition{{Name: "the-test-s-own", Expression: where}},
				Validations: []admissionv1.Validation{
					{Expression: "false", Message: "none of these, says " + name},
				},
			},
		},
		metav1.CreateOptions{},
	)
	Must(t, err)
	t.Cleanup(func() {
		_ = api.ValidatingAdmissionPolicies().Delete(context.WithoutCancel(t.Context()), name, metav1.DeleteOptions{})
	})
	_, err = api.ValidatingAdmissionPolicyBindings().Create(
		t.Context(),
		&admissionv1.ValidatingAdmissionPolicyBinding{
			ObjectMeta: metav1.ObjectMeta{Name: name},
			Spec: admissionv1.ValidatingAdmissionPolicyBindingSpec{
				PolicyName:        name,
				ValidationActions: []admissionv1.ValidationAction{admissionv1.Deny},
				MatchResources: &admissionv1.MatchResources{
					NamespaceSelector: &metav1.LabelSelector{
						MatchLabels: map[string]string{corev1.LabelMetadataName: namespace},
					},
				},
			},
		},
		metav1.CreateOptions{},
	)
	Must(t, err)
	t.Cleanup(func() {
		_ = api.ValidatingAdmissionPolicyBindings().Delete(context.WithoutCancel(t.Context()), name,
			metav1.DeleteOptions{})
	})
}

// Apply creates the Role and the RoleBinding of a stream of manifests.
func Apply(t *testing.T, c *testcluster.Cluster, namespace string, stream []byte) {
	t.Helper()
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(stream), 4096)
	var role rbacv1.Role
	Must(t, decoder.Decode(&role))
	_, err := c.Client(t).RbacV1().Roles(namespace).Create(t.Context(), &role, metav1.CreateOptions{})
	Must(t, err)
	var binding rbacv1.RoleBinding
	Must(t, decoder.Decode(&binding))
	_, err = c.Client(t).RbacV1().RoleBindings(namespace).Create(t.Context(), &binding, metav1.CreateOptions{})
	Must(t, err)
	if err := decoder.Decode(&rbacv1.ClusterRole{}); !errors.Is(err, io.EOF) {
		t.Errorf("more than a Role is requested: %v", err)
	}
}

// DynamicClient returns a client for any resource of the sandbox.
func DynamicClient(t *testing.T, c *testcluster.Cluster) dynamic.Interface {
	t.Helper()
	config, err := c.Access().Config()
	Must(t, err)
	client, err := dynamic.NewForConfig(config)
	Must(t, err)
	return client
}
