package database

import (
	"errors"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/checks/report"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

func TestMain(m *testing.M) { checktest.Main(m, Checks) }

func look(t *testing.T, e *check.Env, only ...string) check.Report {
	t.Helper()
	return checktest.Look(t, Checks, e, only...)
}

// preflight runs the database's checks and looks for leaks.
func preflight(t *testing.T, e *check.Env, o check.Options) check.Report {
	t.Helper()
	o.Only = []string{"database"}
	found, err := check.Run(t.Context(), Checks, e, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	checktest.Must(t, errors.Join(report.JSON(&out, found), report.Text(&out, found, report.Style{}), report.JUnit(&out, found, false)))
	if strings.Contains(out.String(), checktest.Canary) {
		t.Errorf("the password shows in the report:\n%s", out.String())
	}
	return found
}

func TestDatabaseThatServes(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	before := s.Strings(t, "SHOW TABLES FROM zenml")
	report := preflight(t, checktest.WithDatabase(t, s), check.Options{})
	for _, id := range []string{"config", "resolve", "connect", "tls", "login", "version", "writable", "exists", "privileges"} {
		checktest.Expect(t, report, "database."+id, check.Pass)
	}
	checktest.Expect(t, report, "database.tls", check.Pass, "certificate verified for db.test")
	if after := s.Strings(t, "SHOW TABLES FROM zenml"); len(after) != len(before) {
		t.Errorf("left behind: %v", after)
	}
	for _, mode := range []string{answers.TLSOff, answers.TLSRequire, answers.TLSVerifyCA} {
		report := preflight(t, checktest.WithDatabase(t, s, func(m *answers.MySQL) {
			m.TLS.Mode = mode
			if mode != answers.TLSVerifyCA {
				m.TLS.CA = answers.Source{}
			}
		}), check.Options{})
		checktest.Expect(t, report, "database.tls", check.Pass)
		checktest.Expect(t, report, "database.privileges", check.Pass)
	}
}
