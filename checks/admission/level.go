package admission

import (
	"context"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/version"
	psaapi "k8s.io/pod-security-admission/api"
	psapolicy "k8s.io/pod-security-admission/policy"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/cluster"
)

// judgeByLabel holds the pods that could not be tried to the namespace's Pod
// Security label, by the rules of Kubernetes itself. What the cluster asks of
// every namespace, and of whom it asks nothing, is known to the API server
// alone.
func judgeByLabel(ctx context.Context, e *check.Env, done *outcome) error {
	found, err := check.FindNamespace(ctx, e)
	if err != nil || found == nil || found.Labels[psaapi.EnforceLevelLabel] == "" {
		return nil //nolint:nilerr // a namespace that cannot be read was skipped before
	}
	level := enforced(ctx, e, found.Labels)
	judged := false
	for _, u := range slices.Clone(done.untried) {
		if !u.isPod() {
			continue
		}
		violation, err := violation(u.trial, level)
		if err != nil {
			return err
		}
		judged = true
		if violation != nil {
			done.refused = append(done.refused, refusedObject{u.trial, violation})
		}
	}
	if judged {
		done.notes = append(done.notes, fmt.Sprintf("the namespace's label %s=%s allows the pods", psaapi.EnforceLevelLabel, level.Level))
	}
	return nil
}

// enforced is the level that a namespace's labels name, in the version that
// they name, or that of the API server.
func enforced(ctx context.Context, e *check.Env, labels map[string]string) psaapi.LevelVersion {
	none := psaapi.LevelVersion{Level: psaapi.LevelPrivileged, Version: psaapi.LatestVersion()}
	policy, _ := psaapi.PolicyToEvaluate(labels, psaapi.Policy{Enforce: none, Audit: none, Warn: none}) // a level that it does not know it takes for restricted, as the API server does
	level := policy.Enforce
	if server, err := cluster.FindAPIServer(ctx, e); err == nil && level.Version.Latest() {
		if v, err := version.ParseGeneric(server.Version.GitVersion); err == nil {
			level.Version = psaapi.MajorMinorVersion(int(v.Major()), int(v.Minor())) //nolint:gosec // small numbers
		}
	}
	return level
}

// violation is what the API server would say of the pod; nil when the level
// allows it.
func violation(pod trial, level psaapi.LevelVersion) (refusal, err error) {
	spec, err := pod.spec()
	if err != nil {
		return nil, err
	}
	rules, err := psapolicy.NewEvaluator(psapolicy.DefaultChecks(), nil)
	if err != nil {
		return nil, err
	}
	meta := metav1.ObjectMeta{Name: pod.object.GetName(), Annotations: pod.object.GetAnnotations()}
	result := psapolicy.AggregateCheckResults(rules.EvaluatePod(level, &meta, &spec))
	if result.Allowed {
		return nil, nil
	}
	return fmt.Errorf("violates PodSecurity %q: %s", level.String(), result.ForbiddenDetail()), nil
}
