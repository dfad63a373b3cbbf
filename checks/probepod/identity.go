package probepod

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/release"
	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// identityScript is what the pod runs to use AWS Secrets Manager.
//
//go:embed identity.py
var identityScript string

const identityID = "secrets.in-cluster"

// identityStore is a store that the server uses with the identity of its pods.
type identityStore struct {
	key   string // the answers key
	store answers.AWSStore
}

// identityStores returns the stores that only a pod can test.
func identityStores(a answers.Answers) []identityStore {
	var all []identityStore
	for i, s := range []answers.SecretsStore{a.SecretsStore, a.BackupSecretsStore} {
		if s.Type == answers.AWSSecrets && s.AWS.AuthMethod == answers.ImplicitAuth {
			all = append(all, identityStore{[]string{"secretsStore", "backupSecretsStore"}[i], s.AWS})
		}
	}
	return all
}

func needsIdentity(e *check.Env) string {
	if len(identityStores(e.Answers)) == 0 {
		return "no AWS secrets store uses the pod's identity"
	}
	return check.NeedsClusterAndObjects(e)
}

// identityNotices describes what the check writes into AWS.
func identityNotices(a answers.Answers) []string {
	var all []string
	for _, s := range identityStores(a) {
		all = append(all, fmt.Sprintf("%s creates a secret zenml/preflight-… in AWS Secrets Manager, %s, from a pod, uses "+
			"it and removes it (not with --read-only)", identityID, s.store.Region))
	}
	return all
}

// checkIdentity uses the stores from a pod with the server's ServiceAccount.
func checkIdentity(ctx context.Context, e *check.Env) (string, error) {
	if e.Unannounced() {
		return "", check.Skip("not tested because no test secret is created yet")
	}
	var said []string
	for _, s := range identityStores(e.Answers) {
		t := s.task()
		out, err := runTask(ctx, e, t)
		if err != nil {
			if out.started {
				s.leave(e, t.canary())
			}
			return "", err
		}
		text, err := s.judge(ctx, e, t, out.log)
		if err != nil {
			return "", out.soften(err)
		}
		said = append(said, s.key+": "+text+out.differs)
	}
	return strings.Join(said, "\n"), nil
}

// canary is the name of the test secret.
func (t task) canary() string {
	for _, v := range t.settings {
		if v.Name == canaryVariable {
			return v.Value
		}
	}
	return ""
}

const canaryVariable = "ZENML_PREFLIGHT_NAME"

// leave reports a test secret that may still exist.
func (s identityStore) leave(e *check.Env, name string) {
	command := "aws secretsmanager delete-secret --force-delete-without-recovery --region " + s.store.Region
	if s.store.EndpointURL != "" {
		command += " --endpoint-url " + s.store.EndpointURL
	}
	e.Leave(check.Leftover{What: s.key + ": the test secret " + name + " may still exist in AWS Secrets Manager",
		Remedy: command + " --secret-id " + name})
}

// task is what the pod does.
func (s identityStore) task() task {
	t := task{check: identityID, unknown: "whether pods can use the secrets store is unknown", script: identityScript,
		needsAccount: true, pass: passedOn.MatchString}
	for _, v := range [][2]string{{"REGION", s.store.Region}, {"ROLE", s.store.RoleARN},
		{"ENDPOINT", s.store.EndpointURL}, {"NAME", "zenml/" + stores.CanaryName()}} {
		t.settings = append(t.settings, corev1.EnvVar{Name: "ZENML_PREFLIGHT_" + v[0], Value: v[1]})
	}
	return t
}

// identityResult is the pod's output: the step at which it stopped.
type identityResult struct {
	probeHeader
	Call   string   `json:"call"`
	Denied []string `json:"denied"` // calls
	Left   string   `json:"left"`   // the name of a secret that was not deleted
	Who    string   `json:"who"`    // the ARN of the role
}

// judge explains the result.
func (s identityStore) judge(ctx context.Context, e *check.Env, t task, log string) (string, error) {
	var r identityResult
	if err := parse(log, &r, &r.probeHeader, t); err != nil {
		s.leave(e, t.canary())
		return "", err
	}
	if r.Left != "" {
		s.leave(e, r.Left)
	}
	r.Error = clip(r.Error)
	switch {
	case r.Step == "python":
		return "", check.Skip("the image cannot run the probe: %s", r.Error)
	case r.Step == "identity":
		return "", s.identityFault(ctx, e, r)
	case r.Step == "connect":
		return "", &check.Fault{
			Summary: fmt.Sprintf("%s: a pod cannot reach AWS in %s: %s", s.key, s.store.Region, r.Error),
			Remedy: "allow the pods to connect to sts and secretsmanager of the region, with a NAT gateway, VPC endpoints or " +
				"a proxy\nor fix the region: " + s.key + ".aws.region",
		}
	case r.Step == "call":
		return "", &check.Fault{Summary: fmt.Sprintf("%s: %s failed in a pod: %s", s.key, r.Call, r.Error),
			Remedy: "fix what AWS names, then run the check again: zenml-installer preflight --only " + identityID}
	case len(r.Denied) > 0:
		return "", s.deniedFault(r)
	}
	return fmt.Sprintf("a pod created, read, changed and deleted a secret as %s", cmp.Or(r.Who, "its own identity")), nil
}

// identityFault explains why the pod has no credentials.
func (s identityStore) identityFault(ctx context.Context, e *check.Env, r identityResult) error {
	account := accountOf(ctx, e)
	if r.Error == "" {
		return &check.Fault{
			Summary: fmt.Sprintf("%s: a pod with ServiceAccount %s has no AWS credentials", s.key, account),
			Reason: "neither the role in the annotation eks.amazonaws.com/role-arn, nor an EKS Pod Identity association, nor " +
				"the node's role reaches the pod",
			Remedy: "set server.serviceAccount.annotations: {eks.amazonaws.com/role-arn: " +
				"arn:aws:iam::123456789012:role/zenml}\nand check that the cluster runs the EKS Pod Identity Webhook or Agent",
		}
	}
	if role := s.store.RoleARN; r.Call == "AssumeRole" && role != "" {
		who := cmp.Or(r.Who, "the pod's role")
		return &check.Fault{
			Summary: fmt.Sprintf("%s: AssumeRole of %s is denied to %s: %s", s.key, role, who, r.Error),
			Remedy: fmt.Sprintf("allow sts:AssumeRole on %s in a policy of the pod's role, and allow the pod's role in the "+
				"trust policy of %[1]s\nor remove %s.aws.roleARN", role, s.key),
		}
	}
	return &check.Fault{
		Summary: fmt.Sprintf("%s: %s is denied to ServiceAccount %s: %s", s.key, r.Call, account, r.Error),
		Remedy: fmt.Sprintf("let the role's trust policy allow %s for system:serviceaccount:%s:%s, from the cluster's "+
			"OIDC provider", r.Call, e.Namespace(), account),
	}
}

// deniedFault names the permissions that the role lacks.
func (s identityStore) deniedFault(r identityResult) error {
	var permissions []string
	for _, call := range r.Denied {
		permissions = append(permissions, "secretsmanager:"+call)
	}
	fault := &check.Fault{
		Summary: fmt.Sprintf("%s: %s lacks %s", s.key, cmp.Or(r.Who, "the pod's role"), check.JoinAnd(permissions)),
		Reason:  "a secret that cannot be written, read or deleted fails for a user, long after the install",
		Remedy: "attach the policy that this writes: zenml-installer preflight -f answers.yaml --emit-policy FOLDER" +
			"\nIAM applies changes after some seconds",
	}
	if slices.Contains(r.Denied, "CreateSecret") {
		fault.Summary += "; the other permissions were not tested, because they need the test secret"
	}
	return fault
}

// accountOf is the name of the server's ServiceAccount.
func accountOf(ctx context.Context, e *check.Env) string {
	if r, err := e.Render(ctx); err == nil {
		if specs := serverSpecs(r); len(specs) > 0 {
			return cmp.Or(specs[0].ServiceAccountName, release.DefaultAccount)
		}
	}
	return release.DefaultAccount
}

// outcome is what a pod did.
type outcome struct {
	log      string
	differs  string // how the pod differs from the server's
	indirect bool   // the difference can be the cause of a fault
	started  bool
}

// soften adds the difference to a fault that it may have caused, which is only a
// warning then.
func (o outcome) soften(err error) error {
	if fault := (*check.Fault)(nil); o.indirect && errors.As(err, &fault) {
		fault.Warn = true
		fault.Summary += o.differs
	}
	return err
}

// runTask runs a pod.
func runTask(ctx context.Context, e *check.Env, t task) (outcome, error) {
	client, err := e.Cluster.Client()
	if err != nil {
		return outcome{}, err
	}
	done, err := useNamespace(ctx, e, client)
	if err != nil {
		return outcome{}, err
	}
	defer done()
	RemoveLeftovers(ctx, client, e.Namespace(), e.Now())
	probe, err := newProbePod(ctx, e, t)
	if err != nil {
		return outcome{}, err
	}
	if err := probe.checkRemovable(ctx); err != nil {
		return outcome{}, err
	}
	log, err := probe.run(ctx)
	probe.remove(ctx)
	if fault := (*check.Fault)(nil); errors.As(err, &fault) {
		fault.Summary += probe.differs
	}
	return outcome{log, probe.differs, probe.indirect, probe.started}, err
}
