package cmd

import (
	"context"
	"fmt"
	"io"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// upgrade is what an install changes in an existing release.
type upgrade struct {
	from    *install.Release
	changes []values.Change
}

// upgrade compares the prepared values with the existing release. It returns
// nil if there is none, or if the user cannot read it, which the checks report.
func (u *setup) upgrade(ctx context.Context, p *prepared) (*upgrade, error) {
	at := u.answers.Cluster
	release, err := u.engine.Release(ctx, at.Namespace, at.Release)
	switch {
	case apierrors.IsForbidden(err):
		return nil, nil //nolint:nilerr // the checks report missing permissions
	case err != nil:
		return nil, err
	case release == nil || release.Gone():
		return nil, nil
	}
	return &upgrade{from: release, changes: p.document.Difference(release.Values)}, nil
}

// reviewed returns the state of the release that was shown.
func (up *upgrade) reviewed() install.Reviewed {
	if up == nil {
		return install.Reviewed{}
	}
	return install.Reviewed{Revision: up.from.Revision}
}

// sentence describes the upgrade.
func (up *upgrade) sentence(p *prepared) string {
	return fmt.Sprintf("Upgrade release %s, revision %d (%s %s, %s), to chart %s %s", up.from.Name, up.from.Revision,
		up.from.Chart, up.from.ChartVersion, up.from.Status, p.chart.Info.Name, p.chart.Info.Version)
}

// lines lists the values that change.
func (up *upgrade) lines() []string {
	if up == nil {
		return nil
	}
	lines := make([]string, len(up.changes))
	for i, c := range up.changes {
		lines[i] = c.String()
	}
	return lines
}

// print lists what an unattended upgrade changes.
func (up *upgrade) print(w io.Writer, p *prepared) {
	if up == nil {
		return
	}
	fmt.Fprint(w, up.sentence(p))
	if len(up.changes) == 0 {
		fmt.Fprintln(w, ", with the same values")
		return
	}
	fmt.Fprintln(w, "; these values change:")
	for _, line := range up.lines() {
		fmt.Fprintln(w, "  "+line)
	}
}
