package database

import (
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

// TestAccount_remediesWork runs the printed statements for an account whose
// host is a pattern.
func TestAccount_remediesWork(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	for name, c := range map[string]struct {
		grants, change []string
		id             string
	}{
		"nothing at all":  {nil, nil, "database.exists"},
		"no database":     {[]string{"SELECT ON *.*"}, nil, "database.exists"},
		"makes alone":     {[]string{"SELECT, CREATE ON here.*"}, nil, privileges},
		"no DROP":         {[]string{"SELECT, CREATE, INSERT ON here.*"}, nil, "database.backup"},
		"no other backup": {[]string{"ALL ON here.*"}, []string{"spare"}, "database.backup"},
	} {
		t.Run(name, func(t *testing.T) {
			user := "part " + strings.ReplaceAll(name, " ", "'")
			account := quoteSQL(user) + "@'127.%'"
			s.Exec(t, "CREATE DATABASE IF NOT EXISTS here",
				"CREATE USER "+account+" IDENTIFIED BY '"+checktest.Canary+"'")
			for _, g := range c.grants {
				s.Exec(t, "GRANT "+g+" TO "+account)
			}
			e := checktest.WithDatabase(t, s, func(m *answers.MySQL) { m.Name, m.User = "here", user })
			if name == "no database" {
				e.Answers.Database.MySQL.Name = "elsewhere"
			}
			for _, other := range c.change {
				e.Answers.Database.Backup = answers.Backup{Strategy: answers.BackupDatabase, Database: other}
			}
			result := checktest.Expect(t, preflight(t, e, check.Options{}), c.id, check.Failed, account)
			s.Exec(t, strings.Split(result.Remedy, "\n")...)
			result, _ = preflight(t, e, check.Options{}).ByID(c.id)
			if result.Status == check.Failed {
				t.Errorf("the remedy fixes nothing: %s\n%s", result.Message, result.Remedy)
			}
		})
	}
}
