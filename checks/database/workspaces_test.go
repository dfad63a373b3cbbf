package database

import (
	"context"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

// TestSchema_workspaces has the tables of ZenML 0.75.1 that matter.
func TestSchema_workspaces(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	s.Exec(t, "CREATE TABLE zenml.alembic_version (version_num VARCHAR(255))",
		"INSERT INTO zenml.alembic_version VALUES ('0.75.1')", "CREATE TABLE zenml.stack (id INT PRIMARY KEY)",
		"CREATE TABLE zenml.flavor (id INT PRIMARY KEY, workspace_id INT)",
		"CREATE TABLE zenml.workspace (id INT PRIMARY KEY, name VARCHAR(255))",
		"INSERT INTO zenml.workspace VALUES (1, 'default')")
	e := checktest.WithDatabase(t, s)
	expect := func(chart, tag string, status check.Status, say ...string) {
		t.Helper()
		e.Answers.Server.Image.Tag = tag
		e.Chart = func(context.Context) (chartinfo.Info, error) {
			return chartinfo.Info{Name: "zenml", Version: chart, AppVersion: chart}, nil
		}
		report := preflight(t, e, check.Options{Only: []string{"database.schema"}})
		checktest.Expect(t, report, "database.schema", status, say...)
	}
	expect("0.98.0", "", check.Pass, "of version 0.75.1")
	s.Exec(t, "INSERT INTO zenml.workspace VALUES (2, 'team')")
	expect("0.98.0", "", check.Failed, "the workspaces default and team", "from 0.80.0 on", "delete_workspace")
	expect("0.75.1", "", check.Pass)
	expect("0.98.0", "0.75.1", check.Pass)
	expect("0.75.1", "0.98.0", check.Failed)
	s.Exec(t, "ALTER TABLE zenml.flavor DROP COLUMN workspace_id")
	expect("0.98.0", "", check.Pass)
}
