package cmd

import (
	"context"
	"fmt"
	"io"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// upgrade is what an install means to a release that is there already.
type upgrade struct {
	from    *install.Release
	changes []values.Change
}

// upgrade compares what was prepared with the release that is there; nil when
// the name is free, or when this user may not see who has it: then the checks
// say so.
func (u *setup) upgrade(ctx context.Context, p *prepared) (*upgrade, error) {
	at := u.answers.Cluster
	release, err := u.engine.Release(ctx, at.Namespace, at.Release)
	switch {
	case apierrors.IsForbidden(err):
		return nil, nil //nolint:nilerr // the checks say what this user may not see
	case err != nil:
		return nil, err
	case release == nil || release.Gone():
		return nil, nil
	}
	return &upgrade{from: release, changes: p.document.Difference(release.Values)}, nil
}

// sentence says what is upgraded to what.
func (up *upgrade) sentence(p *prepared) string {
	return fmt.Sprintf("Upgrade release %s, revision %d (%s %s, %s), to chart %s %s", up.from.Name, up.from.Revision,
		up.from.Chart, up.from.ChartVersion, up.from.Status, p.chart.Info.Name, p.chart.Info.Version)
}

// lines is one line a value that changes.
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

// tell says what an unattended upgrade changes, before it does.
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
