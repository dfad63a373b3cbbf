package database

import (
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

func TestState(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	e := checktest.WithDatabase(t, s)
	version := ", on server version " + s.Strings(t, "SELECT VERSION()")[0]
	for _, step := range []struct{ statement, want string }{
		{"DROP DATABASE zenml", "missing"},
		{"CREATE DATABASE zenml", "empty"},
		{"CREATE TABLE zenml.zenml_preflight_abcdefghij (id INT PRIMARY KEY)", "empty"},
		{"CREATE TABLE zenml.wp_posts (id INT PRIMARY KEY)", "1 table of another application"},
		{"CREATE TABLE zenml.alembic_version (version_num VARCHAR(32) PRIMARY KEY)",
			"ZenML's schema at revision none, 2 tables"},
		{"INSERT INTO zenml.alembic_version VALUES ('0.94.2')", "ZenML's schema at revision 0.94.2, 2 tables"},
	} {
		s.Exec(t, step.statement)
		got, err := State(t.Context(), e)
		if err != nil || got != step.want+version {
			t.Errorf("after %s: %q, %v; want %q", step.statement, got, err, step.want+version)
		}
	}
	e.Answers.Database.MySQL.User = "nobody"
	if got, err := State(t.Context(), e); err == nil {
		t.Errorf("without a login the state is %q", got)
	}
}
