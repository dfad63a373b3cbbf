package database

import (
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

func TestDatabaseLoginFaults(t *testing.T) {
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
		"database.login", check.Skipped, "Secret db, and no cluster was named")
	checktest.Expect(t, as("zenml", func(m *answers.MySQL) { m.Password = answers.Source{Env: "NO_SUCH_VARIABLE_AT_ALL"} }),
		"database.login", check.Failed, "NO_SUCH_VARIABLE_AT_ALL is not set")
}

func TestDatabaseAuthenticationThatDoesNotServe(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{Flags: []string{"--secure-auth=OFF"}})
	as := func(user string) check.Report {
		return preflight(t, checktest.WithDatabase(t, s, func(m *answers.MySQL) { m.User = user }), check.Options{})
	}
	s.Exec(t, "CREATE USER gone IDENTIFIED BY '"+checktest.Canary+"'", "CREATE USER old IDENTIFIED VIA mysql_old_password USING '0123456789abcdef'",
		"UPDATE mysql.global_priv SET Priv = JSON_SET(Priv, '$.plugin', 'nowhere') WHERE User = 'gone'", "FLUSH PRIVILEGES")
	checktest.Expect(t, as("gone"), "database.login", check.Failed, "authentication method that does not serve", "1524", "ALTER USER 'gone'@'%' IDENTIFIED")
	checktest.Expect(t, as("old"), "database.login", check.Failed, "authentication method that does not serve", "ALTER USER 'old'@'%' IDENTIFIED")
}

func TestDatabasePasswordThatHasExpired(t *testing.T) {
	t.Parallel()
	for flag, number := range map[string]string{"ON": "1862", "OFF": "1820"} {
		t.Run(number, func(t *testing.T) {
			s := checktest.StartDatabase(t, testdb.Options{Flags: []string{"--disconnect-on-expired-password=" + flag}})
			s.Exec(t, "ALTER USER zenml PASSWORD EXPIRE")
			report := preflight(t, checktest.WithDatabase(t, s), check.Options{})
			checktest.Expect(t, report, "database.login", check.Failed, "has expired", number, "PASSWORD EXPIRE NEVER")
			checktest.Expect(t, report, "database.version", check.Skipped, "needs database.login")
			s.Exec(t, "ALTER USER zenml IDENTIFIED BY '"+checktest.Canary+"' PASSWORD EXPIRE NEVER")
			checktest.Expect(t, preflight(t, checktest.WithDatabase(t, s), check.Options{}), "database.login", check.Pass)
		})
	}
}
