package install

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"helm.sh/helm/v3/pkg/storage/driver"

	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/transport"
	"github.com/zenml-installer/zenml-installer/render/chart"
)

var (
	imported = regexp.MustCompile(
		`(\w+) "([^"]+)" in namespace "([^"]*)" exists and cannot be imported into the current release`,
	)
	ownedBy = regexp.MustCompile(`meta\.helm\.sh/release-name" must equal "[^"]*": current value is "([^"]*)"`)
)

// helmError converts Helm's errors into the types of this package.
func (r *run) helmError(err error) error {
	text := err.Error()
	rendering, inTemplate := chart.AsRenderError(r.plan.Chart.Info, err)
	if owner := ownershipError(err); owner != nil {
		return owner
	}
	switch {
	case strings.Contains(text, "another operation (install/upgrade/rollback) is in progress"),
		strings.Contains(text, "cannot re-use a name that is still in use"),
		errors.Is(err, driver.ErrReleaseExists):
		if release := r.outcome.Release; release != nil && release.Pending() {
			return pendingError(release)
		}
	case inTemplate:
		return rendering
	}
	return fmt.Errorf("release %s/%s: %w", r.plan.Namespace, r.plan.Release, transport.WithoutURL(err))
}

// ownershipError converts the error for an object that belongs to another
// owner.
func ownershipError(err error) error {
	m := imported.FindStringSubmatch(err.Error())
	if m == nil {
		return nil
	}
	foreign := &ForeignError{
		Object: event.Object{Kind: m[1], Namespace: m[3], Name: m[2]},
		Remedy: "delete it if nothing needs it, or use another namespace: the chart's names are fixed",
		Err:    err,
	}
	if owner := ownedBy.FindStringSubmatch(err.Error()); owner != nil {
		foreign.Owner = "Helm release " + owner[1]
	}
	return foreign
}
