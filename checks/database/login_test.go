package database

import (
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/mysqlerr"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

func TestLogin_faults(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	pair := s.Authority.Client(t, "zenml")
	s.Exec(t,
		"CREATE USER x509 IDENTIFIED BY '"+checktest.Canary+"' REQUIRE X509", "GRANT ALL ON zenml.* TO x509",
		"CREATE USER locked IDENTIFIED BY '"+checktest.Canary+"' ACCOUNT LOCK",
		"CREATE USER elsewhere@'10.9.8.7' IDENTIFIED BY '"+checktest.Canary+"'",
	)
	as := func(user string, change ...func(*answers.MySQL)) check.Report {
		change = append(change, func(m *answers.MySQL) { m.User = user })
		return preflight(t, checktest.WithDatabase(t, s, change...), check.Options{})
	}
	report := as("zenml", func(m *answers.MySQL) { m.Password = checktest.Plain("wrong-" + checktest.Canary) })
	checktest.Expect(t, report, "database.login", check.Failed, "1045")
	checktest.Expect(t, report, "database.version", check.Skipped, "needs database.login")
	checktest.Expect(t, as("locked"), "database.login", check.Failed, "locked", "ACCOUNT UNLOCK")
	checktest.Expect(t, as("elsewhere"), "database.login", check.Failed)
	checktest.Expect(t, as("x509"), "database.login", check.Failed, "client certificate")
	checktest.Expect(t, as("x509", func(m *answers.MySQL) {
		m.TLS.Cert, m.TLS.Key = checktest.Plain(string(pair.Cert)), checktest.Plain(string(pair.Key))
	}), "database.login", check.Pass)
	checktest.Expect(t, as("zenml", func(m *answers.MySQL) {
		m.Password = answers.Source{SecretRef: &answers.SecretRef{Name: "db", Key: "password"}}
	}),
		"database.login", check.Skipped, "Secret db, and no cluster was given")
	checktest.Expect(t,
		as("zenml", func(m *answers.MySQL) { m.Password = answers.Source{Env: "NO_SUCH_VARIABLE_AT_ALL"} }),
		"database.login", check.Failed, "NO_SUCH_VARIABLE_AT_ALL is not set")
}

func TestLogin_tooManyConnections(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{Flags: []string{"--max-connections=10"}})
	for range 10 {
		hold(t, checktest.WithDatabase(t, s))
	}
	// One connection is reserved for root, so the server reads the login before it denies it.
	checktest.Expect(t, preflight(t, checktest.WithDatabase(t, s), check.Options{}), "database.login", check.Failed,
		"no free connection")
	s.Hold(t)
	checktest.Expect(t, preflight(t, checktest.WithDatabase(t, s), check.Options{}), "database.connect", check.Failed,
		"no free connection")
}

// hold keeps a connection open until the test ends. It returns if the server
// has no free connection.
func hold(t *testing.T, e *check.Env) {
	t.Helper()
	e = e.Begin(t.Context(), check.Options{})
	t.Cleanup(e.End)
	_, err := openDatabase(t.Context(), e)
	if err != nil && number(err) != mysqlerr.TooManyConnections {
		t.Fatal(err)
	}
}
