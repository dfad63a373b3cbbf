package database

import (
	"context"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

func TestSchema(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	e := checktest.WithDatabase(t, s)
	e.Chart = func(context.Context) (chartinfo.Info, error) {
		return chartinfo.Info{Name: "zenml", Version: "0.98.1", AppVersion: "0.98.1"}, nil
	}
	schema := func() check.Report { return preflight(t, e, check.Options{}) }
	checktest.Expect(t, schema(), "database.schema", check.Pass, "empty")

	s.Exec(t, "CREATE TABLE zenml.zenml_preflight_abcdefghij (id INT PRIMARY KEY)",
		"CREATE TABLE zenml.zenml_preflight_abcdefghij_ref (id INT PRIMARY KEY)")
	readOnly := preflight(t, e, check.Options{Only: []string{"database.schema"}, ReadOnly: true})
	checktest.Expect(t, readOnly, "database.schema", check.Warned, "a killed preflight",
		"DROP TABLE `zenml_preflight_abcdefghij_ref`, `zenml_preflight_abcdefghij`;")
	checktest.Expect(t, schema(), "database.schema", check.Pass, "empty")

	s.Exec(t, "CREATE TABLE zenml.wp_posts (id INT PRIMARY KEY)")
	checktest.Expect(t, schema(), "database.schema", check.Warned, "has tables of another application: wp_posts",
		"drops the whole database", "database.mysql.name")
	s.Exec(t, "CREATE TABLE zenml.stack (id INT PRIMARY KEY)")
	checktest.Expect(t, schema(), "database.schema", check.Failed, "has a table stack but no table alembic_version")

	s.Exec(t, "CREATE TABLE zenml.alembic_version (version_num VARCHAR(255))")
	checktest.Expect(t, schema(), "database.schema", check.Failed, "0 rows")
	s.Exec(t, "INSERT INTO zenml.alembic_version VALUES ('0.94.2')")
	checktest.Expect(t, schema(), "database.schema", check.Pass, "of version 0.94.2")
	s.Exec(t, "UPDATE zenml.alembic_version SET version_num = '0.99.0'")
	checktest.Expect(t, schema(), "database.schema", check.Failed, "newer than the chart's 0.98.1",
		"--chart-version 0.99.0")
	s.Exec(t, "UPDATE zenml.alembic_version SET version_num = 'a1b2c3d4e5f6'")
	checktest.Expect(t, schema(), "database.schema", check.Pass, "at revision a1b2c3d4e5f6")
	if tables := s.Strings(t, "SHOW TABLES FROM zenml"); len(tables) != 3 {
		t.Errorf("something existing was touched: %v", tables)
	}
}
