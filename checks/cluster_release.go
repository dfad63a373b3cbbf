package checks

import (
	"context"
	"fmt"

	"github.com/Masterminds/semver/v3"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

func clusterRelease(ctx context.Context, e *Env) (string, error) {
	found, err := e.deployed(ctx)
	if apierrors.IsForbidden(err) {
		return "", Skip("you may not list the Secrets of namespace %s, where Helm keeps its releases", e.namespace())
	}
	if err != nil {
		return "", err
	}
	if found == nil || found.status == "uninstalled" {
		return e.release() + " is free", nil
	}
	if fault := e.unfinished(found); fault != nil {
		return "", fault
	}
	if e.Chart != nil {
		if info, err := e.chart(ctx); err == nil {
			if fault := e.otherChart(found, info.Name, info.Version); fault != nil {
				return "", fault
			}
		}
	}
	if found.status == "failed" && found.revision == 1 {
		return "", &Fault{
			Warn: true, Found: fmt.Sprintf("the first install of %s failed", e.release()),
			Why: "this run goes on from what it left", Remedy: e.uninstallCommand() + "\nbefore it, for a clean start",
		}
	}
	return fmt.Sprintf("an upgrade of revision %d (%s %s, %s)", found.revision, found.chart, found.version, found.status), nil
}

func (e *Env) uninstallCommand() string {
	return fmt.Sprintf("zenml-installer uninstall --release %s -n %s", e.release(), e.namespace())
}

func (e *Env) unfinished(found *deployed) *Fault {
	fault := &Fault{Found: fmt.Sprintf("release %s is %s at revision %d: another run is at work on it, or was killed", e.release(), found.status, found.revision)}
	switch found.status {
	case "pending-install", "uninstalling":
		fault.Remedy = "once no other run is at work: " + e.uninstallCommand()
	case "pending-upgrade", "pending-rollback":
		fault.Remedy = fmt.Sprintf("once no other run is at work: helm rollback %s -n %s", e.release(), e.namespace())
	default:
		return nil
	}
	return fault
}

func (e *Env) otherChart(found *deployed, name, version string) *Fault {
	if found.chart != name {
		return &Fault{
			Found:  fmt.Sprintf("release %s is one of the chart %s %s, not of %s", e.release(), found.chart, found.version, name),
			Why:    "the install would replace what runs there",
			Remedy: "choose another name or namespace: --release NAME, --namespace NAME",
		}
	}
	before, errBefore := semver.NewVersion(found.version)
	after, errAfter := semver.NewVersion(version)
	if errBefore == nil && errAfter == nil && after.LessThan(before) {
		return &Fault{
			Found:  fmt.Sprintf("chart %s is older than the deployed %s", version, found.version),
			Why:    "the older server does not know the database schema that the newer one has made, and does not start",
			Remedy: "take the deployed version or a newer one: --chart-version " + found.version,
		}
	}
	return nil
}
