package install

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	helmrelease "helm.sh/helm/v3/pkg/release"
	"helm.sh/helm/v3/pkg/storage/driver"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/transport"
	"github.com/zenml-installer/zenml-installer/render/chart"
)

// Release is the last revision of a Helm release.
type Release struct {
	Name, Namespace string
	Status          string // Helm's status: deployed, failed, pending-install, superseded, …
	Description     string // Helm's description of the last operation
	Revision        int
	Chart           string // name of the chart
	ChartVersion    string
	AppVersion      string
	ChartDigest     string         // of the chart that was pulled, "" if it was local or installed by Helm itself
	ChartSigner     string         // the key whose signature was verified, "" if none was
	Values          map[string]any // user-supplied values; may contain secrets
	Notes           string
	FirstDeployed   time.Time
	LastDeployed    time.Time

	stored *helmrelease.Release
}

// Pending reports whether an operation on the release is in progress or was
// killed.
func (r *Release) Pending() bool {
	switch helmrelease.Status(r.Status) {
	case helmrelease.StatusPendingInstall,
		helmrelease.StatusPendingUpgrade,
		helmrelease.StatusPendingRollback,
		helmrelease.StatusUninstalling:
		return true
	}
	return false
}

// Gone reports whether the release was uninstalled and only its history exists.
func (r *Release) Gone() bool { return helmrelease.Status(r.Status) == helmrelease.StatusUninstalled }

// KeptChart returns the chart that Helm keeps with the release, or nil if that is not all
// of the chart.
func (r *Release) KeptChart() *chart.Chart {
	if r.stored.Chart == nil || r.stored.Chart.Metadata == nil || len(r.stored.Chart.Templates) == 0 {
		return nil
	}
	if kept := chart.FromRelease(r.stored.Chart); kept.IsComplete() {
		return kept
	}
	return nil
}

// Objects returns the revision's objects, including hooks.
func (r *Release) Objects() ([]manifest.Object, error) {
	objects, err := manifest.Parse([]byte(r.stored.Manifest))
	if err != nil {
		return nil, err
	}
	for _, hook := range r.stored.Hooks {
		more, err := manifest.Parse([]byte(hook.Manifest))
		if err != nil {
			return nil, err
		}
		objects = append(objects, more...)
	}
	return objects, nil
}

// Release returns a release, or nil without an error if there is none.
func (e *Engine) Release(ctx context.Context, namespace, name string) (*Release, error) {
	config, err := e.readConfig(ctx, namespace)
	if err != nil {
		return nil, err
	}
	stored, err := config.Releases.Last(name)
	if errors.Is(err, driver.ErrReleaseNotFound) {
		return nil, nil
	}
	if ctx.Err() != nil {
		return nil, fmt.Errorf("read release %s/%s: %w", namespace, name, context.Cause(ctx))
	}
	if err != nil {
		return nil, fmt.Errorf("read release %s/%s: %w", namespace, name, transport.WithoutURL(err))
	}
	return newRelease(stored), nil
}

// Releases returns the releases of the ZenML chart in a namespace, or in all
// namespaces if it is empty, sorted by namespace and name.
func (e *Engine) Releases(ctx context.Context, namespace string) ([]*Release, error) {
	config, err := e.readConfig(ctx, namespace)
	if err != nil {
		return nil, err
	}
	stored, err := config.Releases.ListReleases()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, transport.WithoutURL(err)
	}
	return latestZenML(stored), nil
}

// lastStatuses are those of the last revision of a release.
var lastStatuses = []helmrelease.Status{
	helmrelease.StatusUninstalled, // with older revisions that must not pass for the last
	helmrelease.StatusDeployed, helmrelease.StatusFailed, helmrelease.StatusPendingInstall,
	helmrelease.StatusPendingUpgrade, helmrelease.StatusPendingRollback, helmrelease.StatusUninstalling,
}

// CurrentReleases returns what Releases does, without the releases that were uninstalled.
// It does not read the revisions that were replaced, which are most of the data in a
// cluster.
func (e *Engine) CurrentReleases(ctx context.Context, namespace string) ([]*Release, error) {
	config, err := e.readConfig(ctx, namespace)
	if err != nil {
		return nil, err
	}
	var stored []*helmrelease.Release
	for _, status := range lastStatuses {
		found, err := config.Releases.Query(map[string]string{"owner": "helm", "status": status.String()})
		switch {
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case err != nil && !errors.Is(err, driver.ErrReleaseNotFound):
			return nil, transport.WithoutURL(err)
		}
		stored = append(stored, found...)
	}
	return slices.DeleteFunc(latestZenML(stored), (*Release).Gone), nil
}

// latestZenML returns the last revisions of the releases of the ZenML chart, sorted.
func latestZenML(stored []*helmrelease.Release) []*Release {
	latest := map[[2]string]*helmrelease.Release{}
	for _, s := range stored {
		key := [2]string{s.Namespace, s.Name}
		if isZenML(s) && (latest[key] == nil || latest[key].Version < s.Version) {
			latest[key] = s
		}
	}
	var found []*Release
	for _, s := range latest {
		found = append(found, newRelease(s))
	}
	slices.SortFunc(found, func(a, b *Release) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return found
}

// isZenML reports whether a release is of the ZenML chart.
func isZenML(r *helmrelease.Release) bool { return r.Chart != nil && r.Chart.Name() == "zenml" }

func newRelease(stored *helmrelease.Release) *Release {
	r := &Release{
		Name: stored.Name, Namespace: stored.Namespace, Revision: stored.Version,
		Values: stored.Config, stored: stored,
	}
	if info := stored.Info; info != nil {
		r.Status, r.Description, r.Notes = info.Status.String(), info.Description, info.Notes
		r.FirstDeployed, r.LastDeployed = info.FirstDeployed.Time, info.LastDeployed.Time
	}
	if stored.Chart != nil && stored.Chart.Metadata != nil {
		r.Chart, r.ChartVersion, r.AppVersion = stored.Chart.Metadata.Name, stored.Chart.Metadata.Version, stored.Chart.Metadata.AppVersion
		r.ChartDigest = stored.Chart.Metadata.Annotations[chart.DigestAnnotation]
		r.ChartSigner = stored.Chart.Metadata.Annotations[chart.SignerAnnotation]
	}
	return r
}
