package probepod

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/peers"
)

// identityStage is a namespace whose pods get a role of AWS as in EKS.
type identityStage struct {
	*stage
	cloud *peers.AWS
}

// newIdentityStage uses the image of the real server, which has boto3.
func newIdentityStage(t *testing.T) *identityStage {
	t.Helper()
	s := newRealStage(t)
	return &identityStage{s, peers.StartAWSOn(t, s.HostAddress)}
}

// env returns an install whose secrets store uses the identity of the pods.
func (s *identityStage) env(change ...func(*answers.Answers)) *check.Env {
	s.T.Helper()
	e := s.withPods()
	return checktest.WithCluster(s.T, s.Access(), s.Namespace, func(a *answers.Answers) {
		*a = e.Answers
		a.Database = answers.Database{Type: answers.SQLiteDatabase}
		a.SecretsStore = answers.SecretsStore{Type: answers.AWSSecrets,
			AWS: answers.AWSStore{AuthMethod: answers.ImplicitAuth, Region: "us-east-1", EndpointURL: s.cloud.URL}}
		a.Server.ServiceAccount.Annotations = map[string]string{
			"eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/zenml"}
		a.Server.Environment = map[string]string{"AWS_ENDPOINT_URL": s.cloud.URL}
		for _, c := range change {
			c(a)
		}
	})
}

// runIdentity runs the check alone.
func (s *identityStage) runIdentity(e *check.Env) check.Report {
	s.T.Helper()
	return checktest.Look(s.T, Checks, e, identityID)
}

// webhook gives pods of a ServiceAccount a role and a token, as the EKS Pod Identity
// Webhook does.
func (s *identityStage) webhook(account, role string) {
	s.T.Helper()
	const token = "/var/run/secrets/eks.amazonaws.com/serviceaccount"
	expression := `[
		JSONPatch{op: "add", path: "/spec/volumes", value: []},
		JSONPatch{op: "add", path: "/spec/volumes/-", value: Object.spec.volumes{name: "aws-iam-token",
			projected: Object.spec.volumes.projected{sources: [Object.spec.volumes.projected.sources{
				serviceAccountToken: Object.spec.volumes.projected.sources.serviceAccountToken{
					audience: "sts.amazonaws.com", expirationSeconds: 3600, path: "token"}}]}}},
		JSONPatch{op: "add", path: "/spec/containers/0/volumeMounts", value: []},
		JSONPatch{op: "add", path: "/spec/containers/0/volumeMounts/-", value:
			Object.spec.containers.volumeMounts{name: "aws-iam-token", mountPath: "` + token + `"}},
		JSONPatch{op: "add", path: "/spec/containers/0/env/-", value: Object.spec.containers.env{
			name: "AWS_ROLE_ARN", value: "` + role + `"}},
		JSONPatch{op: "add", path: "/spec/containers/0/env/-", value: Object.spec.containers.env{
			name: "AWS_WEB_IDENTITY_TOKEN_FILE", value: "` + token + `/token"}}]`
	never := admissionv1.NeverReinvocationPolicy
	fail := admissionv1.Fail
	policy := &admissionv1.MutatingAdmissionPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: s.Namespace},
		Spec: admissionv1.MutatingAdmissionPolicySpec{
			FailurePolicy: &fail, ReinvocationPolicy: never,
			MatchConstraints: &admissionv1.MatchResources{
				NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{corev1.LabelMetadataName: s.Namespace}},
				ResourceRules: []admissionv1.NamedRuleWithOperations{{RuleWithOperations: admissionv1.RuleWithOperations{
					Operations: []admissionv1.OperationType{admissionv1.Create},
					Rule: admissionv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"},
						Resources: []string{"pods"}}}}},
			},
			MatchConditions: []admissionv1.MatchCondition{{Name: "account",
				Expression: "object.spec.serviceAccountName == '" + account + "'"}},
			Mutations: []admissionv1.Mutation{{PatchType: admissionv1.PatchTypeJSONPatch,
				JSONPatch: &admissionv1.JSONPatch{Expression: expression}}},
		},
	}
	admission := s.Client.AdmissionregistrationV1()
	_, err := admission.MutatingAdmissionPolicies().Create(s.T.Context(), policy, metav1.CreateOptions{})
	checktest.Must(s.T, err)
	binding := &admissionv1.MutatingAdmissionPolicyBinding{ObjectMeta: metav1.ObjectMeta{Name: s.Namespace},
		Spec: admissionv1.MutatingAdmissionPolicyBindingSpec{PolicyName: s.Namespace}}
	_, err = admission.MutatingAdmissionPolicyBindings().Create(s.T.Context(), binding, metav1.CreateOptions{})
	checktest.Must(s.T, err)
	s.T.Cleanup(func() {
		ctx := context.Background()
		_ = admission.MutatingAdmissionPolicyBindings().Delete(ctx, s.Namespace, metav1.DeleteOptions{})
		_ = admission.MutatingAdmissionPolicies().Delete(ctx, s.Namespace, metav1.DeleteOptions{})
	})
	s.awaitWebhook(account)
}

// awaitWebhook waits until the API server applies the policy.
func (s *identityStage) awaitWebhook(account string) {
	s.T.Helper()
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "none"}, Spec: corev1.PodSpec{ServiceAccountName: account,
		Containers: []corev1.Container{{Name: "a", Image: "example.com/none:1", Env: []corev1.EnvVar{{Name: "A"}}}}}}
	own := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: account}}
	accounts := s.Client.CoreV1().ServiceAccounts(s.Namespace)
	_, err := accounts.Create(s.T.Context(), own, metav1.CreateOptions{})
	checktest.Must(s.T, err)
	checktest.WaitFor(s.T, "pods get a role", func() bool {
		made, err := s.Client.CoreV1().Pods(s.Namespace).Create(s.T.Context(), pod,
			metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		return err == nil && len(made.Spec.Containers[0].Env) > 1
	})
	checktest.Must(s.T, accounts.Delete(s.T.Context(), account, metav1.DeleteOptions{}))
}

// serverAccount is the name of the ServiceAccount that the chart renders.
func serverAccount(t *testing.T, e *check.Env) string {
	t.Helper()
	return accountOf(t.Context(), e.Begin(t.Context(), check.Options{}))
}

const allowSecrets = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["secretsmanager:*", "sts:*"],
	"Resource": "*"}]}`

// TestIdentity uses AWS from a pod with the ServiceAccount that the chart creates later.
func TestIdentity(t *testing.T) {
	t.Parallel()
	s := newIdentityStage(t)
	e := s.env()
	account := serverAccount(t, e)
	role := s.cloud.WebIdentityRole(t, "zenml", allowSecrets)
	s.webhook(account, role)
	report := s.runIdentity(e)
	checktest.Accept(t, report, identityID, "a role that the ServiceAccount assumes with a token (IRSA)", check.Pass,
		"a pod created, read, changed and deleted a secret as", "assumed-role/zenml")
	checktest.Accept(t, report, identityID, "a ServiceAccount that the chart will create: the check creates it and removes "+
		"it afterwards", check.Pass)
	s.expectNoLeftovers()
	if left := s.cloud.Secrets(t); len(left) > 0 {
		t.Errorf("secrets in AWS: %q", left)
	}
	_, err := s.Client.CoreV1().ServiceAccounts(s.Namespace).Get(t.Context(), account, metav1.GetOptions{})
	if !apierrors.IsNotFound(err) {
		t.Errorf("the ServiceAccount is left: %v", err)
	}
}

func TestIdentity_denied(t *testing.T) {
	t.Parallel()
	s := newIdentityStage(t)
	e := s.env()
	role := s.cloud.WebIdentityRole(t, "zenml", strings.Replace(allowSecrets, "secretsmanager:*",
		`secretsmanager:CreateSecret", "secretsmanager:DescribeSecret`, 1))
	s.webhook(serverAccount(t, e), role)
	checktest.Expect(t, s.runIdentity(e), identityID, check.Failed, "lacks secretsmanager:GetSecretValue",
		"secretsmanager:DeleteSecret", "left behind: secretsStore: the test secret zenml/", "delete-secret")
}

// TestIdentity_left uses an endpoint that cannot delete secrets.
func TestIdentity_left(t *testing.T) {
	t.Parallel()
	s := newIdentityStage(t)
	target, err := url.Parse(s.cloud.URL)
	checktest.Must(t, err)
	forward := httputil.NewSingleHostReverseProxy(target)
	broken := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".DeleteSecret") {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		forward.ServeHTTP(w, r)
	}))
	checktest.Must(t, broken.Listener.Close())
	broken.Listener = checktest.Listen(t, s.HostAddress)
	broken.Start()
	t.Cleanup(broken.Close)
	e := s.env(func(a *answers.Answers) { a.SecretsStore.AWS.EndpointURL = broken.URL })
	s.webhook(serverAccount(t, e), s.cloud.WebIdentityRole(t, "zenml", allowSecrets))
	result := checktest.Expect(t, s.runIdentity(e), identityID, check.Failed, "DeleteSecret failed in a pod",
		"left behind: secretsStore: the test secret zenml/")
	left := s.cloud.Secrets(t)
	if len(left) != 1 || !strings.Contains(result.Remedy, "--endpoint-url "+broken.URL+" --secret-id "+left[0]) {
		t.Errorf("left %q, the remedy is %s", left, result.Remedy)
	}
}

// TestIdentity_none runs without a webhook, and with a store that pods cannot reach.
func TestIdentity_none(t *testing.T) {
	t.Parallel()
	s := newIdentityStage(t)
	checktest.Expect(t, s.runIdentity(s.env()), identityID, check.Failed, "has no AWS credentials",
		"eks.amazonaws.com/role-arn")
	e := s.env()
	s.webhook(serverAccount(t, e), "arn:aws:iam::123456789012:role/zenml")
	checktest.Expect(t, s.runIdentity(s.env(func(a *answers.Answers) {
		a.Server.Environment["AWS_ENDPOINT_URL"] = "http://" + s.HostAddress + ":1"
	})), identityID, check.Failed, "a pod cannot reach AWS in us-east-1")
	checktest.Expect(t, checktest.Look(t, Checks, s.withPods(), identityID), identityID, check.Skipped,
		"no AWS secrets store uses the pod's identity")
}

// TestIdentity_unannounced creates nothing without consent, and needs no cluster to
// decide that.
func TestIdentity_unannounced(t *testing.T) {
	t.Parallel()
	var a answers.Answers
	a.SecretsStore = answers.SecretsStore{Type: answers.AWSSecrets,
		AWS: answers.AWSStore{AuthMethod: answers.ImplicitAuth, Region: "us-east-1"}}
	e := (&check.Env{Answers: a}).Begin(t.Context(), check.Options{Unannounced: true})
	_, err := checkIdentity(t.Context(), e)
	if err == nil || !strings.Contains(err.Error(), "no test secret is created yet") {
		t.Errorf("the check ran: %v", err)
	}
}

// TestIdentity_judge explains what a pod printed.
func TestIdentity_judge(t *testing.T) {
	t.Parallel()
	e := (&check.Env{Rendered: func(context.Context) (check.Rendered, error) { return check.Rendered{}, nil }}).
		Begin(t.Context(), check.Options{})
	s := identityStore{"backupSecretsStore", answers.AWSStore{Region: "eu-west-1"}}
	chained := identityStore{"secretsStore", answers.AWSStore{RoleARN: "arn:aws:iam::1:role/chained"}}
	log := `{"zenmlPreflight": 1, "step": "identity", "call": "AssumeRole", "error": "not authorized", "who": "node"}`
	_, err := chained.judge(t.Context(), e, chained.task(), log)
	if fault := (*check.Fault)(nil); !errors.As(err, &fault) ||
		!strings.Contains(fault.Summary, "AssumeRole of arn:aws:iam::1:role/chained is denied to node") ||
		!strings.Contains(fault.Remedy, "allow sts:AssumeRole on arn:aws:iam::1:role/chained") {
		t.Errorf("chained roles: %v", err)
	}
	for log, want := range map[string]string{
		`{"step": "python", "error": "No module named 'boto3'"}`:                         "the image cannot run the probe",
		`{"step": "identity", "call": "AssumeRole", "error": "not authorized"}`:          "AssumeRole is denied to ServiceAccount default",
		`{"step": "call", "call": "CreateSecret", "error": "UnrecognizedClientExc"}`:     "CreateSecret failed in a pod: Unrec",
		`{"step": "done", "denied": ["CreateSecret"]}`:                                   "the other permissions were not tested",
		`{"step": "connect", "error": "Could not connect"}`:                              "cannot reach AWS in eu-west-1",
		`{"step": "done", "who": "arn:aws:sts::1:assumed-role/zenml/x", "denied": null}`: "",
	} {
		log = strings.Replace(log, "{", `{"zenmlPreflight": 1, `, 1)
		_, err := s.judge(t.Context(), e, s.task(), log+"\n")
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", log, err)
		}
	}
}
