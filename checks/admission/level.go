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

// checkLevel evaluates the pods that could not be tried against the namespace's
// Pod Security label, with Kubernetes' own rules. Only the API server knows its
// cluster-wide defaults and exemptions.
func checkLevel(ctx context.Context, e *check.Env, done *outcome) error {
	found, err := check.FindNamespace(ctx, e)
	if err != nil || found == nil || found.Labels[psaapi.EnforceLevelLabel] == "" {
		return nil //nolint:nilerr // an unreadable namespace was skipped before
	}
	level := enforcedLevel(ctx, e, found.Labels)
	evaluated := false
	for _, u := range slices.Clone(done.untried) {
		if !u.isPod() {
			continue
		}
		violation, err := violation(u.trial, level)
		if err != nil {
			return err
		}
		evaluated = true
		if violation != nil {
			done.refused = append(done.refused, refusedObject{u.trial, violation})
		}
	}
	if evaluated {
		note := fmt.Sprintf("the namespace's label %s=%s allows the pods", psaapi.EnforceLevelLabel, level.Level)
		done.notes = append(done.notes, note)
	}
	return nil
}

// enforcedLevel returns the level of a namespace's labels, in the version of
// the labels or of the API server.
func enforcedLevel(ctx context.Context, e *check.Env, labels map[string]string) psaapi.LevelVersion {
	none := psaapi.LevelVersion{Level: psaapi.LevelPrivileged, Version: psaapi.LatestVersion()}
	// An unknown level counts as restricted, as in the API server.
	policy, _ := psaapi.PolicyToEvaluate(labels, psaapi.Policy{Enforce: none, Audit: none, Warn: none})
	level := policy.Enforce
	if server, err := cluster.FindAPIServer(ctx, e); err == nil && level.Version.Latest() {
		if v, err := version.ParseGeneric(server.Version.GitVersion); err == nil {
			level.Version = psaapi.MajorMinorVersion(int(v.Major()), int(v.Minor())) //nolint:gosec // small numbers
		}
	}
	return level
}

// violation returns the API server's error for the pod, or nil if the level
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
