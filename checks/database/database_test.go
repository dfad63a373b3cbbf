package database

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/checks/report"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

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

func TestDatabaseNetworkFaults(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	at := func(host string, port int) *check.Env {
		return checktest.WithDatabase(t, s, func(m *answers.MySQL) { m.Host, m.Port = host, port })
	}
	report := preflight(t, at("no.such.example.com", s.Port), check.Options{})
	checktest.Expect(t, report, "database.resolve", check.Failed, "there is no host no.such.example.com")
	checktest.Expect(t, report, "database.connect", check.Skipped, "needs database.resolve")

	report = preflight(t, at("mysql.databases.svc", s.Port), check.Options{})
	checktest.Expect(t, report, "database.resolve", check.Warned, "looks private", "kubectl -n zenml-server run")
	checktest.Expect(t, report, "database.connect", check.Skipped, "needs database.resolve")

	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	report = preflight(t, at("db.test", closed.Addr().(*net.TCPAddr).Port), check.Options{})
	checktest.Expect(t, report, "database.connect", check.Failed, "refuses the connection")
	checktest.Expect(t, report, "database.login", check.Skipped, "needs database.tls")
}

func TestDatabasePortOfAnotherProtocol(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	port := checktest.ServeSSH(t, "127.0.0.1")
	e := checktest.WithDatabase(t, s, func(m *answers.MySQL) { m.Port = port })
	checktest.Expect(t, preflight(t, e, check.Options{}), "database.connect", check.Failed, "does not speak MySQL", "SSH-2.0-OpenSSH")
}

func TestDatabaseTLSFaults(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	other := testdb.NewAuthority(t)
	pair, stranger := s.Authority.Client(t, "zenml"), other.Client(t, "zenml")
	for name, c := range map[string]struct {
		change func(*answers.MySQL)
		say    []string
	}{
		"unknown authority":  {func(m *answers.MySQL) { m.TLS.CA = checktest.Plain(string(other.PEM)) }, []string{"did not sign"}},
		"unknown, verify-ca": {func(m *answers.MySQL) { m.TLS.Mode, m.TLS.CA = answers.TLSVerifyCA, checktest.Plain(string(other.PEM)) }, []string{"did not sign"}},
		"CA is not PEM":      {func(m *answers.MySQL) { m.TLS.CA = checktest.Plain("rubbish") }, []string{"the CA certificate is not PEM"}},
		"another one's key": {func(m *answers.MySQL) {
			m.TLS.Cert, m.TLS.Key = checktest.Plain(string(pair.Cert)), checktest.Plain(string(stranger.Key))
		}, []string{"does not belong"}},
		"untrusted client": {func(m *answers.MySQL) {
			m.TLS.Cert, m.TLS.Key = checktest.Plain(string(stranger.Cert)), checktest.Plain(string(stranger.Key))
		}, []string{"refuses the client certificate"}},
		"key is no PEM": {func(m *answers.MySQL) {
			m.TLS.Cert, m.TLS.Key = checktest.Plain(string(pair.Cert)), checktest.Plain("k")
		}, []string{"the client key is not PEM"}},
		"file does not exist": {func(m *answers.MySQL) { m.TLS.CA = answers.Source{File: "/no/such/ca.pem"} }, []string{"cannot be read", "no such file"}},
	} {
		t.Run(name, func(t *testing.T) {
			report := preflight(t, checktest.WithDatabase(t, s, c.change), check.Options{})
			checktest.Expect(t, report, "database.tls", check.Failed, c.say...)
			checktest.Expect(t, report, "database.login", check.Skipped, "needs database.tls")
		})
	}
}

func TestDatabaseCertificateFaults(t *testing.T) {
	t.Parallel()
	t.Run("wrong host", func(t *testing.T) {
		s := checktest.StartDatabase(t, testdb.Options{Hosts: []string{"db.elsewhere.test"}})
		checktest.Expect(t, preflight(t, checktest.WithDatabase(t, s), check.Options{}), "database.tls", check.Failed, "is for db.elsewhere.test, not for db.test")
		checktest.Expect(t, preflight(t, checktest.WithDatabase(t, s, func(m *answers.MySQL) { m.TLS.Mode = answers.TLSVerifyCA }), check.Options{}), "database.tls", check.Pass)
	})
	t.Run("expired", func(t *testing.T) {
		s := checktest.StartDatabase(t, testdb.Options{NotAfter: time.Now().Add(-time.Minute)})
		checktest.Expect(t, preflight(t, checktest.WithDatabase(t, s), check.Options{}), "database.tls", check.Failed, "expired on")
	})
	t.Run("no TLS offered", func(t *testing.T) {
		s := checktest.StartDatabase(t, testdb.Options{NoTLS: true})
		checktest.Expect(t, preflight(t, checktest.WithDatabase(t, s), check.Options{}), "database.tls", check.Failed, "offers no TLS")
	})
	t.Run("TLS 1.1 only", func(t *testing.T) {
		s := checktest.StartDatabase(t, testdb.Options{Flags: []string{"--tls-version=TLSv1.1", "--ssl-cipher=DEFAULT@SECLEVEL=0"}})
		checktest.Expect(t, preflight(t, checktest.WithDatabase(t, s), check.Options{}), "database.tls", check.Failed, "TLS")
	})
}

func TestDatabaseThatInsistsOnTLS(t *testing.T) {
	t.Parallel()
	off := func(m *answers.MySQL) { m.TLS = answers.TLS{Mode: answers.TLSOff} }
	t.Run("for everyone", func(t *testing.T) {
		s := checktest.StartDatabase(t, testdb.Options{Flags: []string{"--require-secure-transport=ON"}})
		checktest.Expect(t, preflight(t, checktest.WithDatabase(t, s, off), check.Options{}), "database.tls", check.Failed, "insists on TLS")
	})
	t.Run("for this user", func(t *testing.T) {
		s := checktest.StartDatabase(t, testdb.Options{})
		s.Exec(t, "ALTER USER zenml REQUIRE SSL")
		report := preflight(t, checktest.WithDatabase(t, s, off), check.Options{})
		checktest.Expect(t, report, "database.tls", check.Failed, "insists on TLS")
		checktest.Expect(t, report, "database.login", check.Skipped, "needs database.tls")
	})
}

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

func TestDatabaseTooManyConnections(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{Flags: []string{"--max-connections=10"}})
	for range 10 {
		hold(t, checktest.WithDatabase(t, s))
	}
	// One place is kept for root: the server asks who it is before it refuses.
	checktest.Expect(t, preflight(t, checktest.WithDatabase(t, s), check.Options{}), "database.login", check.Failed, "too many connections")
	s.Hold(t)
	checktest.Expect(t, preflight(t, checktest.WithDatabase(t, s), check.Options{}), "database.connect", check.Failed, "too many connections")
}

// hold keeps a connection that has logged in until the test ends, or returns
// when the server takes no more.
func hold(t *testing.T, e *check.Env) {
	t.Helper()
	e = e.Begin(t.Context(), check.Options{})
	t.Cleanup(e.End)
	_, err := inDatabase(t.Context(), e)
	if err != nil && number(err) != errTooManyConnections {
		t.Fatal(err)
	}
}

func TestDatabaseVersions(t *testing.T) {
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
			report := preflight(t, checktest.WithDatabase(t, checktest.StartDatabase(t, testdb.Options{Version: version})), check.Options{})
			checktest.Expect(t, report, "database.version", want.status, want.say)
			checktest.Expect(t, report, "database.privileges", check.Pass)
		})
	}
}

func TestDatabaseReadOnly(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	s.Exec(t, "SET GLOBAL read_only = ON")
	report := preflight(t, checktest.WithDatabase(t, s), check.Options{})
	checktest.Expect(t, report, "database.writable", check.Failed, "read_only = ON", "primary")
	checktest.Expect(t, report, "database.privileges", check.Skipped, "needs database.writable")
}

func TestDatabaseMissing(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	s.Exec(t, "CREATE USER maker IDENTIFIED BY '"+checktest.Canary+"'", "GRANT ALL ON `zen\\_%`.* TO maker",
		"CREATE USER looker IDENTIFIED BY '"+checktest.Canary+"'", "GRANT SELECT ON *.* TO looker",
		"CREATE USER nobody IDENTIFIED BY '"+checktest.Canary+"'")
	as := func(user, name string) check.Report {
		return preflight(t, checktest.WithDatabase(t, s, func(m *answers.MySQL) { m.User, m.Name = user, name }), check.Options{})
	}
	report := as("maker", "zen_new")
	checktest.Expect(t, report, "database.exists", check.Pass, "the server will create it")
	checktest.Expect(t, report, "database.privileges", check.Pass, "not proved")
	report = as("looker", "zen_new")
	checktest.Expect(t, report, "database.exists", check.Failed, "may not create it", "CREATE DATABASE `zen_new`;")
	checktest.Expect(t, report, "database.privileges", check.Skipped, "needs database.exists")
	checktest.Expect(t, as("nobody", "zenml"), "database.exists", check.Failed, "1044", "GRANT CREATE")
	if left := s.Strings(t, "SHOW DATABASES LIKE 'zen\\_%'"); len(left) != 0 {
		t.Errorf("a database was made: %v", left)
	}
}

func TestDatabaseEachMissingRightIsNamed(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	for _, right := range migrationRights {
		t.Run(right, func(t *testing.T) {
			if right == "REFERENCES" {
				t.Skip("MariaDB does not ask for REFERENCES when a table is made")
			}
			user := "no_" + strings.ToLower(right)
			var others []string
			for _, r := range migrationRights {
				if r != right {
					others = append(others, r)
				}
			}
			s.Exec(t, "CREATE USER "+user+" IDENTIFIED BY '"+checktest.Canary+"'", "GRANT "+strings.Join(others, ", ")+" ON zenml.* TO "+user)
			report := preflight(t, checktest.WithDatabase(t, s, func(m *answers.MySQL) { m.User = user }), check.Options{})
			checktest.Expect(t, report, "database.privileges", check.Failed, user+" lacks "+right+" on zenml", "GRANT "+right+" ON `zenml`.* TO")
		})
	}
	if left := s.Strings(t, "SHOW TABLES FROM zenml"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestDatabaseGrantsAreForTheAccountThatIsThere runs the statements that
// preflight prints: they must be about the account, whose host is a pattern.
func TestDatabaseGrantsAreForTheAccountThatIsThere(t *testing.T) {
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
			account := sqlText(user) + "@'127.%'"
			s.Exec(t, "CREATE DATABASE IF NOT EXISTS here", "CREATE USER "+account+" IDENTIFIED BY '"+checktest.Canary+"'")
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
			s.Exec(t, strings.Split(result.Hint, "\n")...)
			result, _ = preflight(t, e, check.Options{}).ByID(c.id)
			if result.Status == check.Failed {
				t.Errorf("the remedy mends nothing: %s\n%s", result.Message, result.Hint)
			}
		})
	}
}

func TestDatabaseReadOnlyChecksMakeNoTable(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{Flags: []string{"--general-log=ON", "--log-output=TABLE"}})
	report := preflight(t, checktest.WithDatabase(t, s), check.Options{ReadOnly: true})
	checktest.Expect(t, report, "database.privileges", check.Pass, "--read-only")
	made := s.Strings(t, "SELECT argument FROM mysql.general_log WHERE argument LIKE 'CREATE TABLE%' AND argument NOT LIKE '% LIKE %'")
	if len(made) != 0 {
		t.Errorf("tables were made: %v", made)
	}
}

func TestDatabaseConfigFaults(t *testing.T) {
	t.Parallel()
	s := &testdb.Server{Port: 3306, Authority: testdb.NewAuthority(t)}
	for name, c := range map[string]struct {
		change func(*answers.MySQL)
		say    string
	}{
		"hyphen":    {func(m *answers.MySQL) { m.Name = "zen-ml" }, "a name that the server refuses"},
		"localhost": {func(m *answers.MySQL) { m.Host = "localhost" }, "means the pod itself"},
		"loopback":  {func(m *answers.MySQL) { m.Host = "127.0.0.1" }, "means the pod itself"},
		"URL":       {func(m *answers.MySQL) { m.Host = "mysql+pymysql://u:" + checktest.Canary + "@db.test/zenml" }, "give the host alone: db.test"},
		"URL with a password that is not encoded": {func(m *answers.MySQL) { m.Host = "mysql://u:p@55?" + checktest.Canary + "@db.test/zenml" }, "give the host alone"},
		"URL as user":   {func(m *answers.MySQL) { m.User = "mysql://u:" + checktest.Canary + "@db.test/zenml" }, "give the user alone"},
		"URL as name":   {func(m *answers.MySQL) { m.Name = "u:" + checktest.Canary + "@db.test/zenml" }, "give the name alone"},
		"part of a URL": {func(m *answers.MySQL) { m.Host = "u:" + checktest.Canary + "@db.test:3306" }, "give the host alone"},
		"no user":       {func(m *answers.MySQL) { m.User = "" }, "database.mysql.user: the answer is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			report := preflight(t, checktest.WithDatabase(t, s, c.change), check.Options{})
			checktest.Expect(t, report, "database.config", check.Failed, c.say)
			checktest.Expect(t, report, "database.resolve", check.Skipped, "needs database.config")
		})
	}
	for address, say := range map[string]string{
		"postgresql://u@db.test/zenml":                        `the scheme "postgresql" is refused`,
		"mysql://u@db.test/zenml?charset=utf8":                `refuses the query parameter "charset"`,
		"mysql://u@localhost:3306/zenml":                      "localhost means the pod",
		"mysql://u:" + checktest.Canary + "%zz@db.test/zenml": "it is not a URL",
		"mysql://db.test/zen-ml":                              "it names no user",
	} {
		e := checktest.WithDatabase(t, s)
		e.Answers.Values = map[string]any{"server": map[string]any{"database": map[string]any{"url": address}}}
		checktest.Expect(t, preflight(t, e, check.Options{}), "database.config", check.Failed, say, "values.server.database.url")
	}
	for _, part := range []string{"p@55?", "p@55/", "p@55#", "p@", "p@w0:", "55?", "55/"} {
		e := checktest.WithDatabase(t, s)
		e.Answers.Values = map[string]any{"server": map[string]any{"database": map[string]any{"url": "mysql://u:" + part + checktest.Canary + "@10.211.0.9:3306/zenml"}}}
		checktest.Expect(t, preflight(t, e, check.Options{}), "database.config", check.Failed, "it is not a URL", "percent-encode")
	}
	e := checktest.WithDatabase(t, s)
	e.Answers.Values = map[string]any{"zenml": map[string]any{"database": map[string]any{"url": "mysql://u:" + checktest.Canary + "@db.test/zenml"}}}
	checktest.Expect(t, preflight(t, e, check.Options{}), "database.config", check.Warned, "a password inside the URL")
}
