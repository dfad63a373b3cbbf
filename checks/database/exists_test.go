package database

import (
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

func TestExists_missingDatabase(t *testing.T) { onBothServers(t, findMissingDatabase) }

func findMissingDatabase(t *testing.T, s *testdb.Server) {
	t.Helper()
	s.Exec(t, "CREATE USER maker IDENTIFIED BY '"+checktest.Canary+"'", "GRANT ALL ON `zen\\_%`.* TO maker",
		"CREATE USER looker IDENTIFIED BY '"+checktest.Canary+"'", "GRANT SELECT ON *.* TO looker",
		"CREATE USER nobody IDENTIFIED BY '"+checktest.Canary+"'")
	as := func(user, name string) check.Report {
		return preflight(t, checktest.WithDatabase(t, s, func(m *answers.MySQL) { m.User, m.Name = user, name }),
			check.Options{})
	}
	report := as("maker", "zen_new")
	checktest.Expect(t, report, "database.exists", check.Pass, "the server will create it")
	checktest.Expect(t, report, "database.privileges", check.Pass, "not tested")
	s.Exec(t, "CREATE DATABASE `zen_data`")
	report = as("maker", "zen_dta")
	checktest.Expect(t, report, "database.exists", check.Warned, "the server will create it, beside the database zen_data")
	if r, _ := report.ByID("database.exists"); r.Fix.Answers["database.mysql.name"] != "zen_data" {
		t.Errorf("the fix is %+v", r.Fix)
	}
	s.Exec(t, "DROP DATABASE `zen_data`")
	report = as("looker", "zen_new")
	checktest.Expect(t, report, "database.exists", check.Failed, "cannot create it", "CREATE DATABASE `zen_new`;")
	checktest.Expect(t, report, "database.privileges", check.Skipped, "needs database.exists")
	checktest.Expect(t, as("nobody", "zenml"), "database.exists", check.Failed, "1044", "GRANT CREATE")
	if left := s.Strings(t, "SHOW DATABASES LIKE 'zen\\_%'"); len(left) != 0 {
		t.Errorf("a database was made: %v", left)
	}
}
