package install

import (
	"context"
	"errors"
	"time"

	helmrelease "helm.sh/helm/v3/pkg/release"

	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/tree"
	"github.com/zenml-installer/zenml-installer/render/chart"
)

// WasInUse reports whether the release was deployed before.
func (o Outcome) WasInUse() bool {
	return o.Before != nil && helmrelease.Status(o.Before.Status) == helmrelease.StatusDeployed
}

// CanRollBack reports whether the run has replaced a deployed revision.
func (o Outcome) CanRollBack() bool {
	return o.WasInUse() && o.Release != nil && o.Release.Revision > o.Before.Revision
}

// RollBack installs the chart and the values of a previous revision again, as a new
// revision that is watched and diagnosed like any other.
func (e *Engine) RollBack(
	ctx context.Context, to *Release, timeout time.Duration, observe event.Observer,
) (Outcome, error) {
	if to == nil || to.stored == nil || to.stored.Chart == nil {
		return Outcome{}, errors.New("the previous revision is not known: run helm rollback")
	}
	return e.Apply(ctx, Plan{
		Release: to.Name, Namespace: to.Namespace, Chart: chart.FromRelease(to.stored.Chart),
		Values: tree.Clone(to.Values), Timeout: timeout,
	}, observe)
}
