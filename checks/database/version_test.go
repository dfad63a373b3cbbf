package database

import (
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

func TestVersion(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]struct {
		status check.Status
		say    string
	}{
		"5.7.44-log":         {check.Failed, "5.7.44"},
		"own":                {check.Warned, "MariaDB"},
		"8.0.11-TiDB-v8.4.0": {check.Warned, "TiDB"},
		"8.4.6-Vitess":       {check.Warned, "Vitess"},
		"9.1.0":              {check.Pass, "9.1.0"},
	} {
		t.Run(version, func(t *testing.T) {
			report := preflight(t,
				checktest.WithDatabase(t, checktest.StartDatabase(t, testdb.Options{Version: version})),
				check.Options{})
			checktest.Expect(t, report, "database.version", want.status, want.say)
			checktest.Expect(t, report, "database.privileges", check.Pass)
		})
	}
}

func TestWritable_readOnlyServer(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	s.Exec(t, "SET GLOBAL read_only = ON")
	report := preflight(t, checktest.WithDatabase(t, s), check.Options{})
	checktest.Expect(t, report, "database.writable", check.Failed, "read_only = ON", "primary")
	checktest.Expect(t, report, "database.privileges", check.Skipped, "needs database.writable")
}
