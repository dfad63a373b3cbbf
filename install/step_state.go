package install

import (
	"context"
	"fmt"
	"slices"

	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/render/chart"
)

// stateStep reads the current state and renders the chart, to reject what
// cannot work before it changes anything.
type stateStep struct{}

func (stateStep) name() string        { return "state" }
func (stateStep) title(r *run) string { return "check release " + r.plan.Release }

func (stateStep) run(ctx context.Context, r *run) error {
	if err := r.readCapabilities(ctx); err != nil {
		return fmt.Errorf("the cluster does not answer: %w", err)
	}
	if err := r.readState(ctx); err != nil {
		return err
	}
	return r.render(ctx)
}

// readState reads the release and fails if it does not match the plan.
func (r *run) readState(ctx context.Context) error {
	before, err := r.engine.Release(ctx, r.plan.Namespace, r.plan.Release)
	if err != nil {
		return err
	}
	r.outcome.Before, r.outcome.Release = before, before
	r.unfinished = before != nil && before.Pending()
	if err := r.plan.compare(before); err != nil {
		return err
	}
	if before != nil && before.Chart != r.plan.Chart.Info.Name && !before.Gone() {
		return &ForeignError{
			Object: event.Object{Kind: "Release", Namespace: before.Namespace, Name: before.Name},
			Owner:  fmt.Sprintf("chart %s %s", before.Chart, before.ChartVersion),
			Remedy: "use another name with --release, or another namespace with --namespace",
		}
	}
	return nil
}

// render renders the chart to know the objects to watch.
func (r *run) render(ctx context.Context) (err error) {
	r.rendered, err = r.plan.Chart.Render(ctx, chart.RenderRequest{
		Release: r.plan.Release, Namespace: r.plan.Namespace, Values: r.plan.Values,
		KubeVersion: r.capabilities.KubeVersion.Version, APIVersions: slices.Clone(r.capabilities.APIVersions),
		Upgrade: r.outcome.Upgraded(),
	})
	if err != nil {
		return err
	}
	r.redactor.AddObjects(r.rendered.Objects)
	return nil
}

// compare returns a *ChangedError if the release has changed since the plan was
// made.
func (p Plan) compare(now *Release) error {
	if p.Reviewed == nil || p.Reviewed.Revision == revisionOf(now) {
		return nil
	}
	return &ChangedError{
		Subject:  "release " + p.Namespace + "/" + p.Release,
		Reviewed: describeRevision(p.Reviewed.Revision), Now: describeRevision(revisionOf(now)),
	}
}

// revisionOf returns the revision, or 0 without a release.
func revisionOf(r *Release) int {
	if r == nil || r.Gone() {
		return 0
	}
	return r.Revision
}
