package database

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/Masterminds/semver/v3"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// withoutWorkspaces is the first server whose migration merges the workspaces
// and refuses a database with several.
var withoutWorkspaces = semver.MustParse("0.80.0")

// workspacesFault finds several workspaces that the migration to the server's
// version would have to merge. Until that migration, flavors belong to a
// workspace. What cannot be read passes.
func workspacesFault(ctx context.Context, e *check.Env, db *sql.DB) *check.Fault {
	if server := serverVersion(ctx, e); server == nil || server.LessThan(withoutWorkspaces) {
		return nil
	}
	pending, err := column(ctx, db, "SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE "+
		"TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'flavor' AND COLUMN_NAME = 'workspace_id'")
	if err != nil || len(pending) == 0 {
		return nil //nolint:nilerr // the migration itself decides
	}
	names, err := column(ctx, db, "SELECT name FROM workspace ORDER BY name")
	if err != nil || len(names) < 2 {
		return nil //nolint:nilerr // likewise
	}
	return &check.Fault{
		Summary: fmt.Sprintf("the database has the workspaces %s, and servers from %s on migrate only one",
			check.JoinAnd(names), withoutWorkspaces),
		Reason: "the migration removes the workspaces and stops if there are several, because their stacks and " +
			"secrets may have the same names",
		Remedy: "before the upgrade, move what you need to one workspace and delete the others with the client of the " +
			"old server:\npython -c 'from zenml.client import Client; Client().delete_workspace(\"NAME\")'",
	}
}

// serverVersion returns the version of the server in the image or the chart, nil
// if neither is known.
func serverVersion(ctx context.Context, e *check.Env) *semver.Version {
	if tag, err := semver.StrictNewVersion(e.Answers.Server.Image.Tag); err == nil {
		return tag
	}
	if e.Chart == nil {
		return nil
	}
	info, err := e.PullChart(ctx)
	if err != nil {
		return nil
	}
	version, err := semver.NewVersion(info.AppVersion)
	if err != nil {
		return nil
	}
	return version
}
