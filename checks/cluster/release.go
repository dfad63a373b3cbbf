package cluster

import (
	"context"
	"fmt"

	"github.com/Masterminds/semver/v3"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/release"
)

func checkRelease(ctx context.Context, e *check.Env) (string, error) {
	found, err := release.FindDeployed(ctx, e)
	if apierrors.IsForbidden(err) {
		return "", check.Skip(
			"you cannot list the Secrets of namespace %s, where Helm stores its releases",
			e.Namespace(),
		)
	}
	if err != nil {
		return "", err
	}
	if fault, err := otherRun(ctx, e, found); fault != nil || err != nil {
		return "", asError(fault, err)
	}
	if found == nil || found.Status == "uninstalled" {
		return e.Release() + " is free", nil
	}
	if fault := unfinished(e, found); fault != nil {
		return "", fault
	}
	if e.Chart != nil {
		if info, err := e.PullChart(ctx); err == nil {
			if fault := otherChart(e, found, info.Name, info.Version); fault != nil {
				return "", fault
			}
		}
	}
	if found.Status == "failed" && found.Revision == 1 {
		return "", &check.Fault{
			Warn: true, Summary: fmt.Sprintf("the first install of %s failed", e.Release()),
			Reason: "this run continues it",
			Remedy: "to start again from scratch, uninstall it first: " + uninstallCommand(e),
		}
	}
	return fmt.Sprintf("upgrade of revision %d (%s %s, %s)",
		found.Revision, found.Chart, found.Version, found.Status), nil
}

func uninstallCommand(e *check.Env) string {
	return fmt.Sprintf("zenml-installer uninstall --release %s -n %s", e.Release(), e.Namespace())
}

func unfinished(e *check.Env, found *release.Deployed) *check.Fault {
	fault := &check.Fault{Summary: fmt.Sprintf(
		"release %s is %s at revision %d: Helm or another tool is working on it, or was killed",
		e.Release(), found.Status, found.Revision,
	)}
	switch found.Status {
	case "pending-install", "uninstalling":
		fault.Remedy = "when it is not in progress, remove it: " + uninstallCommand(e)
	case "pending-upgrade", "pending-rollback":
		fault.Remedy = fmt.Sprintf("when it is not in progress, roll it back: helm rollback %s -n %s",
			e.Release(), e.Namespace())
	default:
		return nil
	}
	return fault
}

func otherChart(e *check.Env, found *release.Deployed, name, version string) *check.Fault {
	if found.Chart != name {
		return &check.Fault{
			Summary: fmt.Sprintf("release %s was installed from the chart %s %s, not %s",
				e.Release(), found.Chart, found.Version, name),
			Reason: "the install would replace it",
			Remedy: "use another release or namespace: --release NAME, --namespace NAME",
		}
	}
	before, errBefore := semver.NewVersion(found.Version)
	after, errAfter := semver.NewVersion(version)
	if errBefore == nil && errAfter == nil && after.LessThan(before) {
		return &check.Fault{
			Summary: fmt.Sprintf("chart %s is older than the deployed %s", version, found.Version),
			Reason:  "the older server does not support the schema of the newer one and does not start",
			Remedy:  "use the deployed version or a newer one: --chart-version " + found.Version,
		}
	}
	return nil
}

// asError returns the fault, if there is one, or the error.
func asError(fault *check.Fault, err error) error {
	if fault != nil {
		return fault
	}
	return err
}
