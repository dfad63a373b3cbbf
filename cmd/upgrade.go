package cmd

import (
	"context"
	"fmt"
	"io"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/database"
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
	return &upgrade{from: release, changes: p.document.Difference(values.WithoutJWTKey(release.Values, p.jwt))}, nil
}

// reviewed returns the state that the install is decided for. The database is part of it
// if the preflight could use it from this machine.
func (u *setup) reviewed(ctx context.Context, up *upgrade, preflight check.Report) (install.Reviewed, error) {
	var state install.Reviewed
	if up != nil {
		state.Revision = up.from.Revision
	}
	var err error
	if state.Namespace, err = u.engine.Namespace(ctx, u.answers.Cluster.Namespace); err != nil {
		return state, err
	}
	r, _ := preflight.ByID("database.exists")
	if r.Status == check.Pass || r.Status == check.Warned {
		state.Database, _ = u.databaseState(ctx) // without it, there is no comparison
	}
	return state, nil
}

// stateTimeout limits the look at the database.
const stateTimeout = 15 * time.Second

// databaseState describes the MySQL database now.
func (u *setup) databaseState(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, stateTimeout)
	defer cancel()
	return database.State(ctx, u.checksEnv(0))
}

// sentence describes the upgrade.
func (up *upgrade) sentence(p *prepared) string {
	if isFirstRun(up.from) {
		return fmt.Sprintf("Install release %s again over revision %d (%s %s, %s), from chart %s %s", up.from.Name,
			up.from.Revision, up.from.Chart, up.from.ChartVersion, up.from.Status, p.chart.Info.Name,
			p.chart.Info.Version)
	}
	return fmt.Sprintf("Upgrade release %s, revision %d (%s %s, %s), to chart %s %s", up.from.Name, up.from.Revision,
		up.from.Chart, up.from.ChartVersion, up.from.Status, p.chart.Info.Name, p.chart.Info.Version)
}

// release returns the release that is upgraded, or nil.
func (up *upgrade) release() *install.Release {
	if up == nil {
		return nil
	}
	return up.from
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
	if len(up.changes) == 0 {
		fmt.Fprintln(w, up.sentence(p)+", with the same values")
		return
	}
	fmt.Fprintln(w, up.sentence(p)+"; these values change:")
	for _, line := range up.lines() {
		fmt.Fprintln(w, "  "+line)
	}
}
