package database

import (
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

func TestChecks_workingDatabase(t *testing.T) { onBothServers(t, passOnWorkingDatabase) }

func passOnWorkingDatabase(t *testing.T, s *testdb.Server) {
	t.Helper()
	before := s.Strings(t, "SHOW TABLES FROM zenml")
	report := preflight(t, checktest.WithDatabase(t, s), check.Options{})
	for _, id := range []string{
		"config", "resolve", "connect", "tls", "login", "version", "writable", "exists", "privileges",
	} {
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

// TestChecks_MySQL runs every check against a real MySQL server, whose accounts
// use caching_sha2_password, and follows the remedies for a user without
// privileges.
func TestChecks_MySQL(t *testing.T) {
	t.Parallel()
	s := testdb.Start(t, testdb.Options{Server: testdb.MySQL})
	s.Exec(t, "CREATE DATABASE zenml", "CREATE USER zenml IDENTIFIED BY '"+checktest.Canary+"'",
		"GRANT ALL ON zenml.* TO zenml", "CREATE USER umlaut IDENTIFIED BY 'Zürich'", "GRANT ALL ON zenml.* TO umlaut")
	report := preflight(t, checktest.WithDatabase(t, s), check.Options{})
	for _, result := range report.Results {
		if result.Check.ID != "database.change" && result.Check.ID != "database.sqlite" {
			checktest.Expect(t, report, result.Check.ID, check.Pass)
		}
	}
	checktest.Expect(t, report, "database.engine", check.Pass, "InnoDB, row format DYNAMIC")
	checktest.Expect(t, report, "database.charset", check.Pass, "utf8mb4")
	if left := s.Strings(t, "SHOW TABLES FROM zenml"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	e := checktest.WithDatabase(
		t,
		s,
		func(m *answers.MySQL) { m.User, m.Password = "umlaut", checktest.Plain("Zürich") },
	)
	checktest.Expect(t, preflight(t, e, check.Options{}), "database.login", check.Failed, "works only in UTF-8")
}

// TestChecks_slowDatabase uses a database 300 ms away, and one that greets every
// connection after 8 seconds. Both must work.
func TestChecks_slowDatabase(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	s.Exec(t, "ALTER DATABASE zenml CHARACTER SET utf8mb4")
	for name, c := range map[string]struct {
		between *checktest.Between
		say     string
	}{
		"300 ms away":            {&checktest.Between{Delay: 150 * time.Millisecond}, "answers as 8.0.41"},
		"greets after 8 seconds": {&checktest.Between{Start: 8 * time.Second}, "slow: its greeting took 8"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := c.between
			b.Target = net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port))
			port := b.Listen(t, "127.0.0.1")
			report := preflight(t, checktest.WithDatabase(t, s, func(m *answers.MySQL) { m.Port = port }), check.Options{})
			for _, result := range report.Results {
				if result.Check.ID != "database.change" && result.Check.ID != "database.sqlite" {
					checktest.Expect(t, report, result.Check.ID, check.Pass)
				}
			}
			checktest.Expect(t, report, "database.connect", check.Pass, c.say)
			t.Logf("%s in all", report.Duration)
		})
	}
}

// TestChecks_silentDatabase stops answering, from the start or after the login.
func TestChecks_silentDatabase(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	for name, c := range map[string]struct{ word, id, say string }{
		"from the start":  {"", "database.connect", "sends no greeting within 10s"},
		"after the login": {"SHOW GLOBAL VARIABLES", "database.version", "did not answer within 10s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &checktest.Between{Word: c.word}
			b.Seen = func() { b.Mute.Store(true) }
			b.Mute.Store(c.word == "")
			report := preflight(t, throughProxy(t, s, b), check.Options{Only: []string{"database.version"}})
			checktest.Expect(t, report, c.id, check.Failed, c.say)
			t.Logf("named after %s", report.Duration)
		})
	}
}

// TestChecks_remedies verifies that every fault has a remedy, names no chart
// value and is not a raw Go error.
func TestChecks_remedies(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{Flags: []string{"--default-storage-engine=MyISAM"}})
	s.Exec(t, "CREATE TABLE zenml.foreign_table (id INT)")
	for name, change := range map[string]func(*answers.MySQL){
		"host":       func(m *answers.MySQL) { m.Host = "no.such.example.com" },
		"port":       func(m *answers.MySQL) { m.Port = 1 },
		"CA":         func(m *answers.MySQL) { m.TLS.CA = checktest.Plain(string(testdb.NewAuthority(t).PEM)) },
		"password":   func(m *answers.MySQL) { m.Password = checktest.Plain("wrong") },
		"database":   func(m *answers.MySQL) { m.Name = "missing" },
		"PostgreSQL": func(m *answers.MySQL) { m.Host = "postgresql://zenml@db.test/zenml" },
		"engine":     func(*answers.MySQL) {},
	} {
		for _, result := range preflight(t, checktest.WithDatabase(t, s, change), check.Options{}).Results {
			if result.Status != check.Failed && result.Status != check.Warned {
				continue
			}
			if result.Remedy == "" || result.Reason == "" {
				t.Errorf("%s: %s has no remedy or no reason: %s", name, result.Check.ID, result.Message)
			}
			for _, raw := range []string{"dial tcp", "Get \"", "x509:", "tls:", " lookup ", "%!", "server.database"} {
				if strings.Contains(result.Message+result.Remedy, raw) {
					t.Errorf("%s: %s shows %q: %s\n%s", name, result.Check.ID, raw, result.Message, result.Remedy)
				}
			}
		}
	}
}
