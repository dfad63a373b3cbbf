package cluster

import (
	"context"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/release"
	"github.com/zenml-installer/zenml-installer/internal/runlock"
)

// otherRun reports an installer run that is changing the release, or one that
// was killed while Helm worked.
func otherRun(ctx context.Context, e *check.Env, found *release.Deployed) (*check.Fault, error) {
	client, err := e.Cluster.Client()
	if err != nil {
		return nil, err
	}
	holder, working, err := runlock.Working(ctx, client, e.Namespace(), e.Release())
	switch {
	case apierrors.IsForbidden(err):
		return nil, nil // cluster.permissions reports it
	case err != nil:
		return nil, check.KubeError(err)
	case holder == nil:
		return nil, nil
	case working:
		return &check.Fault{
			Warn: e.WaitsForOther(),
			Summary: fmt.Sprintf("another run is changing release %s: %s, since %s", e.Release(), holder,
				holder.Since.UTC().Format(time.RFC3339)),
			Reason: "two runs at once would overwrite each other's work",
			Remedy: "stop that run, or wait for it: --wait-for-other",
		}, nil
	case found == nil || unfinished(e, found) == nil:
		return nil, nil
	}
	return &check.Fault{
		Warn: true,
		Summary: fmt.Sprintf("release %s is %s at revision %d: the run of %s, started at %s, was killed", e.Release(),
			found.Status, found.Revision, holder, holder.Since.UTC().Format(time.RFC3339)),
		Reason: takeover(found.Status),
		Remedy: "to let this run take over, do nothing; to start again from scratch, uninstall the release first: " +
			uninstallCommand(e),
	}, nil
}

// takeover describes what the install does with an unfinished release.
func takeover(status string) string {
	if status == "uninstalling" {
		return "this run finishes the uninstall, keeps the encryption keys, and installs again"
	}
	return "this run marks the revision as failed and continues with an upgrade, which keeps all keys"
}
