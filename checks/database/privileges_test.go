package database

import (
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

func TestPrivileges_missingRight(t *testing.T) { onBothServers(t, findMissingRight) }

func findMissingRight(t *testing.T, s *testdb.Server) {
	t.Helper()
	for _, right := range migrationRights {
		t.Run(right, func(t *testing.T) {
			const isMariaDB = "SELECT ENGINE FROM information_schema.ENGINES WHERE ENGINE = 'Aria'"
			if right == "REFERENCES" && len(s.Strings(t, isMariaDB)) == 1 {
				t.Skip("MariaDB does not ask for REFERENCES when a table is made")
			}
			user := "no_" + strings.ToLower(right)
			var others []string
			for _, r := range migrationRights {
				if r != right {
					others = append(others, r)
				}
			}
			s.Exec(t, "CREATE USER "+user+" IDENTIFIED BY '"+checktest.Canary+"'",
				"GRANT "+strings.Join(others, ", ")+" ON zenml.* TO "+user)
			report := preflight(t, checktest.WithDatabase(t, s, func(m *answers.MySQL) { m.User = user }),
				check.Options{})
			checktest.Expect(t, report, "database.privileges", check.Failed, user+" lacks "+right+" on zenml",
				"GRANT "+right+" ON `zenml`.* TO")
		})
	}
	if left := s.Strings(t, "SHOW TABLES FROM zenml"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestPrivileges_readOnlyRun(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{Flags: []string{"--general-log=ON", "--log-output=TABLE"}})
	report := preflight(t, checktest.WithDatabase(t, s), check.Options{ReadOnly: true})
	checktest.Expect(t, report, "database.privileges", check.Pass, "--read-only")
	made := s.Strings(t,
		"SELECT argument FROM mysql.general_log WHERE argument LIKE 'CREATE TABLE%' AND argument NOT LIKE '% LIKE %'")
	if len(made) != 0 {
		t.Errorf("tables were made: %v", made)
	}
}
