package database

import (
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

func TestChecks_workingDatabase(t *testing.T) {
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
