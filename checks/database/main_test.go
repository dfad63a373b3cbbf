package database

import (
	"errors"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/checks/report"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

func TestMain(m *testing.M) { checktest.Main(m, Checks) }

func runChecks(t *testing.T, e *check.Env, only ...string) check.Report {
	t.Helper()
	return checktest.Look(t, Checks, e, only...)
}

// preflight runs the database checks and fails if the report contains the password.
func preflight(t *testing.T, e *check.Env, o check.Options) check.Report {
	t.Helper()
	if len(o.Only) == 0 {
		o.Only = []string{"database"}
	}
	found, err := check.Run(t.Context(), Checks, e, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	checktest.Must(
		t,
		errors.Join(report.JSON(&out, found), report.Text(&out, found, report.Options{}),
			report.JUnit(&out, found, false)),
	)
	if strings.Contains(out.String(), checktest.Canary) {
		t.Errorf("the password shows in the report:\n%s", out.String())
	}
	return found
}

// onBothServers runs a test against MariaDB and MySQL.
func onBothServers(t *testing.T, run func(t *testing.T, s *testdb.Server)) {
	t.Helper()
	for name, kind := range map[string]testdb.Kind{"MariaDB": testdb.MariaDB, "MySQL": testdb.MySQL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, checktest.StartDatabase(t, testdb.Options{Server: kind}))
		})
	}
}
