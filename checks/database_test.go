package checks

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

// preflight runs the database's checks and looks for leaks.
func preflight(t *testing.T, e *Env, o Options) Report {
	t.Helper()
	o.Only = []string{"database"}
	found, err := run(t.Context(), Table, e, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	must(t, errors.Join(JSON(&out, found), Text(&out, found, Style{}), JUnit(&out, found, false)))
	if strings.Contains(out.String(), canary) {
		t.Errorf("the password shows in the report:\n%s", out.String())
	}
	return found
}

func TestDatabaseThatServes(t *testing.T) {
	t.Parallel()
	s := start(t, testdb.Options{})
	before := s.Strings(t, "SHOW TABLES FROM zenml")
	report := preflight(t, withDatabase(t, s), Options{})
	for _, id := range []string{"config", "resolve", "connect", "tls", "login", "version", "writable", "exists", "privileges"} {
		expect(t, report, "database."+id, Pass)
	}
	expect(t, report, "database.tls", Pass, "certificate verified for db.test")
	if after := s.Strings(t, "SHOW TABLES FROM zenml"); len(after) != len(before) {
		t.Errorf("left behind: %v", after)
	}
	for _, mode := range []string{answers.TLSOff, answers.TLSRequire, answers.TLSVerifyCA} {
		report := preflight(t, withDatabase(t, s, func(m *answers.MySQL) {
			m.TLS.Mode = mode
			if mode != answers.TLSVerifyCA {
				m.TLS.CA = answers.Source{}
			}
		}), Options{})
		expect(t, report, "database.tls", Pass)
		expect(t, report, "database.privileges", Pass)
	}
}

func TestDatabaseNetworkFaults(t *testing.T) {
	t.Parallel()
	s := start(t, testdb.Options{})
	at := func(host string, port int) *Env {
		return withDatabase(t, s, func(m *answers.MySQL) { m.Host, m.Port = host, port })
	}
	report := preflight(t, at("no.such.example.com", s.Port), Options{})
	expect(t, report, "database.resolve", Failed, "there is no host no.such.example.com")
	expect(t, report, "database.connect", Skipped, "needs database.resolve")

	report = preflight(t, at("mysql.databases.svc", s.Port), Options{})
	expect(t, report, "database.resolve", Warned, "looks private", "kubectl -n zenml-server run")
	expect(t, report, "database.connect", Skipped, "needs database.resolve")

	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	report = preflight(t, at("db.test", closed.Addr().(*net.TCPAddr).Port), Options{})
	expect(t, report, "database.connect", Failed, "refuses the connection")
	expect(t, report, "database.login", Skipped, "needs database.tls")
}

func TestDatabasePortOfAnotherProtocol(t *testing.T) {
	t.Parallel()
	s := start(t, testdb.Options{})
	port := ssh(t, "127.0.0.1")
	e := withDatabase(t, s, func(m *answers.MySQL) { m.Port = port })
	expect(t, preflight(t, e, Options{}), "database.connect", Failed, "does not speak MySQL", "SSH-2.0-OpenSSH")
}

func TestDatabaseTLSFaults(t *testing.T) {
	t.Parallel()
	s := start(t, testdb.Options{})
	other := testdb.NewAuthority(t)
	pair, stranger := s.Authority.Client(t, "zenml"), other.Client(t, "zenml")
	for name, c := range map[string]struct {
		change func(*answers.MySQL)
		say    []string
	}{
		"unknown authority":  {func(m *answers.MySQL) { m.TLS.CA = plain(string(other.PEM)) }, []string{"did not sign"}},
		"unknown, verify-ca": {func(m *answers.MySQL) { m.TLS.Mode, m.TLS.CA = answers.TLSVerifyCA, plain(string(other.PEM)) }, []string{"did not sign"}},
		"CA is not PEM":      {func(m *answers.MySQL) { m.TLS.CA = plain("rubbish") }, []string{"the CA certificate is not PEM"}},
		"another one's key":  {func(m *answers.MySQL) { m.TLS.Cert, m.TLS.Key = plain(string(pair.Cert)), plain(string(stranger.Key)) }, []string{"does not belong"}},
		"untrusted client": {func(m *answers.MySQL) {
			m.TLS.Cert, m.TLS.Key = plain(string(stranger.Cert)), plain(string(stranger.Key))
		}, []string{"refuses the client certificate"}},
		"key is no PEM":       {func(m *answers.MySQL) { m.TLS.Cert, m.TLS.Key = plain(string(pair.Cert)), plain("k") }, []string{"the client key is not PEM"}},
		"file does not exist": {func(m *answers.MySQL) { m.TLS.CA = answers.Source{File: "/no/such/ca.pem"} }, []string{"cannot be read", "no such file"}},
	} {
		t.Run(name, func(t *testing.T) {
			report := preflight(t, withDatabase(t, s, c.change), Options{})
			expect(t, report, "database.tls", Failed, c.say...)
			expect(t, report, "database.login", Skipped, "needs database.tls")
		})
	}
}

func TestDatabaseCertificateFaults(t *testing.T) {
	t.Parallel()
	t.Run("wrong host", func(t *testing.T) {
		s := start(t, testdb.Options{Hosts: []string{"db.elsewhere.test"}})
		expect(t, preflight(t, withDatabase(t, s), Options{}), "database.tls", Failed, "is for db.elsewhere.test, not for db.test")
		expect(t, preflight(t, withDatabase(t, s, func(m *answers.MySQL) { m.TLS.Mode = answers.TLSVerifyCA }), Options{}), "database.tls", Pass)
	})
	t.Run("expired", func(t *testing.T) {
		s := start(t, testdb.Options{NotAfter: time.Now().Add(-time.Minute)})
		expect(t, preflight(t, withDatabase(t, s), Options{}), "database.tls", Failed, "expired on")
	})
	t.Run("no TLS offered", func(t *testing.T) {
		s := start(t, testdb.Options{NoTLS: true})
		expect(t, preflight(t, withDatabase(t, s), Options{}), "database.tls", Failed, "offers no TLS")
	})
	t.Run("TLS 1.1 only", func(t *testing.T) {
		s := start(t, testdb.Options{Flags: []string{"--tls-version=TLSv1.1", "--ssl-cipher=DEFAULT@SECLEVEL=0"}})
		expect(t, preflight(t, withDatabase(t, s), Options{}), "database.tls", Failed, "TLS")
	})
}

func TestDatabaseThatInsistsOnTLS(t *testing.T) {
	t.Parallel()
	off := func(m *answers.MySQL) { m.TLS = answers.TLS{Mode: answers.TLSOff} }
	t.Run("for everyone", func(t *testing.T) {
		s := start(t, testdb.Options{Flags: []string{"--require-secure-transport=ON"}})
		expect(t, preflight(t, withDatabase(t, s, off), Options{}), "database.tls", Failed, "insists on TLS")
	})
	t.Run("for this user", func(t *testing.T) {
		s := start(t, testdb.Options{})
		s.Exec(t, "ALTER USER zenml REQUIRE SSL")
		report := preflight(t, withDatabase(t, s, off), Options{})
		expect(t, report, "database.tls", Failed, "insists on TLS")
		expect(t, report, "database.login", Skipped, "needs database.tls")
	})
}

func TestDatabaseLoginFaults(t *testing.T) {
	t.Parallel()
	s := start(t, testdb.Options{})
	pair := s.Authority.Client(t, "zenml")
	s.Exec(t,
		"CREATE USER x509 IDENTIFIED BY '"+canary+"' REQUIRE X509", "GRANT ALL ON zenml.* TO x509",
		"CREATE USER locked IDENTIFIED BY '"+canary+"' ACCOUNT LOCK",
		"CREATE USER elsewhere@'10.9.8.7' IDENTIFIED BY '"+canary+"'",
	)
	as := func(user string, change ...func(*answers.MySQL)) Report {
		change = append(change, func(m *answers.MySQL) { m.User = user })
		return preflight(t, withDatabase(t, s, change...), Options{})
	}
	report := as("zenml", func(m *answers.MySQL) { m.Password = plain("wrong-" + canary) })
	expect(t, report, "database.login", Failed, "1045")
	expect(t, report, "database.version", Skipped, "needs database.login")
	expect(t, as("locked"), "database.login", Failed, "locked", "ACCOUNT UNLOCK")
	expect(t, as("elsewhere"), "database.login", Failed)
	expect(t, as("x509"), "database.login", Failed, "client certificate")
	expect(t, as("x509", func(m *answers.MySQL) { m.TLS.Cert, m.TLS.Key = plain(string(pair.Cert)), plain(string(pair.Key)) }), "database.login", Pass)
	expect(t, as("zenml", func(m *answers.MySQL) {
		m.Password = answers.Source{SecretRef: &answers.SecretRef{Name: "db", Key: "password"}}
	}),
		"database.login", Skipped, "Secret db, and no cluster was named")
	expect(t, as("zenml", func(m *answers.MySQL) { m.Password = answers.Source{Env: "NO_SUCH_VARIABLE_AT_ALL"} }),
		"database.login", Failed, "NO_SUCH_VARIABLE_AT_ALL is not set")
}

func TestDatabaseTooManyConnections(t *testing.T) {
	t.Parallel()
	s := start(t, testdb.Options{Flags: []string{"--max-connections=10"}})
	for range 10 {
		hold(t, withDatabase(t, s))
	}
	// One place is kept for root: the server asks who it is before it refuses.
	expect(t, preflight(t, withDatabase(t, s), Options{}), "database.login", Failed, "too many connections")
	s.Hold(t)
	expect(t, preflight(t, withDatabase(t, s), Options{}), "database.connect", Failed, "too many connections")
}

// hold keeps a connection that has logged in until the test ends, or returns
// when the server takes no more.
func hold(t *testing.T, e *Env) {
	t.Helper()
	e = e.fresh(t.Context(), Options{})
	t.Cleanup(e.end)
	_, err := e.inDatabase(t.Context())
	if err != nil && number(err) != errTooManyConnections {
		t.Fatal(err)
	}
}

func TestDatabaseVersions(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]struct {
		status Status
		say    string
	}{
		"5.7.44-log":         {Failed, "5.7.44"},
		"own":                {Warned, "MariaDB"},
		"8.0.11-TiDB-v8.4.0": {Warned, "TiDB"},
		"8.4.6-Vitess":       {Warned, "Vitess"},
		"9.1.0":              {Pass, "9.1.0"},
	} {
		t.Run(version, func(t *testing.T) {
			report := preflight(t, withDatabase(t, start(t, testdb.Options{Version: version})), Options{})
			expect(t, report, "database.version", want.status, want.say)
			expect(t, report, "database.privileges", Pass)
		})
	}
}

func TestDatabaseReadOnly(t *testing.T) {
	t.Parallel()
	s := start(t, testdb.Options{})
	s.Exec(t, "SET GLOBAL read_only = ON")
	report := preflight(t, withDatabase(t, s), Options{})
	expect(t, report, "database.writable", Failed, "read_only = ON", "primary")
	expect(t, report, "database.privileges", Skipped, "needs database.writable")
}

func TestDatabaseMissing(t *testing.T) {
	t.Parallel()
	s := start(t, testdb.Options{})
	s.Exec(t, "CREATE USER maker IDENTIFIED BY '"+canary+"'", "GRANT ALL ON `zen\\_%`.* TO maker",
		"CREATE USER looker IDENTIFIED BY '"+canary+"'", "GRANT SELECT ON *.* TO looker",
		"CREATE USER nobody IDENTIFIED BY '"+canary+"'")
	as := func(user, name string) Report {
		return preflight(t, withDatabase(t, s, func(m *answers.MySQL) { m.User, m.Name = user, name }), Options{})
	}
	report := as("maker", "zen_new")
	expect(t, report, "database.exists", Pass, "the server will create it")
	expect(t, report, "database.privileges", Pass, "not proved")
	report = as("looker", "zen_new")
	expect(t, report, "database.exists", Failed, "may not create it", "CREATE DATABASE `zen_new`;")
	expect(t, report, "database.privileges", Skipped, "needs database.exists")
	expect(t, as("nobody", "zenml"), "database.exists", Failed, "1044", "GRANT CREATE")
	if left := s.Strings(t, "SHOW DATABASES LIKE 'zen\\_%'"); len(left) != 0 {
		t.Errorf("a database was made: %v", left)
	}
}

func TestDatabaseEachMissingRightIsNamed(t *testing.T) {
	t.Parallel()
	s := start(t, testdb.Options{})
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
			s.Exec(t, "CREATE USER "+user+" IDENTIFIED BY '"+canary+"'", "GRANT "+strings.Join(others, ", ")+" ON zenml.* TO "+user)
			report := preflight(t, withDatabase(t, s, func(m *answers.MySQL) { m.User = user }), Options{})
			expect(t, report, "database.privileges", Failed, user+" lacks "+right+" on zenml", "GRANT "+right+" ON `zenml`.* TO")
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
	s := start(t, testdb.Options{})
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
			s.Exec(t, "CREATE DATABASE IF NOT EXISTS here", "CREATE USER "+account+" IDENTIFIED BY '"+canary+"'")
			for _, g := range c.grants {
				s.Exec(t, "GRANT "+g+" TO "+account)
			}
			e := withDatabase(t, s, func(m *answers.MySQL) { m.Name, m.User = "here", user })
			if name == "no database" {
				e.Answers.Database.MySQL.Name = "elsewhere"
			}
			for _, other := range c.change {
				e.Answers.Database.Backup = answers.Backup{Strategy: answers.BackupDatabase, Database: other}
			}
			result := expect(t, preflight(t, e, Options{}), c.id, Failed, account)
			s.Exec(t, strings.Split(result.Hint, "\n")...)
			result, _ = preflight(t, e, Options{}).ByID(c.id)
			if result.Status == Failed {
				t.Errorf("the remedy mends nothing: %s\n%s", result.Message, result.Hint)
			}
		})
	}
}

func TestDatabaseReadOnlyChecksMakeNoTable(t *testing.T) {
	t.Parallel()
	s := start(t, testdb.Options{Flags: []string{"--general-log=ON", "--log-output=TABLE"}})
	report := preflight(t, withDatabase(t, s), Options{ReadOnly: true})
	expect(t, report, "database.privileges", Pass, "--read-only")
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
		"URL":       {func(m *answers.MySQL) { m.Host = "mysql+pymysql://u:" + canary + "@db.test/zenml" }, "give the host alone: db.test"},
		"URL with a password that is not encoded": {func(m *answers.MySQL) { m.Host = "mysql://u:p@55?" + canary + "@db.test/zenml" }, "give the host alone"},
		"URL as user":   {func(m *answers.MySQL) { m.User = "mysql://u:" + canary + "@db.test/zenml" }, "give the user alone"},
		"URL as name":   {func(m *answers.MySQL) { m.Name = "u:" + canary + "@db.test/zenml" }, "give the name alone"},
		"part of a URL": {func(m *answers.MySQL) { m.Host = "u:" + canary + "@db.test:3306" }, "give the host alone"},
		"no user":       {func(m *answers.MySQL) { m.User = "" }, "database.mysql.user: the answer is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			report := preflight(t, withDatabase(t, s, c.change), Options{})
			expect(t, report, "database.config", Failed, c.say)
			expect(t, report, "database.resolve", Skipped, "needs database.config")
		})
	}
	for address, say := range map[string]string{
		"postgresql://u@db.test/zenml":              `the scheme "postgresql" is refused`,
		"mysql://u@db.test/zenml?charset=utf8":      `refuses the query parameter "charset"`,
		"mysql://u@localhost:3306/zenml":            "localhost means the pod",
		"mysql://u:" + canary + "%zz@db.test/zenml": "it is not a URL",
		"mysql://db.test/zen-ml":                    "it names no user",
	} {
		e := withDatabase(t, s)
		e.Answers.Values = map[string]any{"server": map[string]any{"database": map[string]any{"url": address}}}
		expect(t, preflight(t, e, Options{}), "database.config", Failed, say, "values.server.database.url")
	}
	for _, part := range []string{"p@55?", "p@55/", "p@55#", "p@", "p@w0:", "55?", "55/"} {
		e := withDatabase(t, s)
		e.Answers.Values = map[string]any{"server": map[string]any{"database": map[string]any{"url": "mysql://u:" + part + canary + "@10.211.0.9:3306/zenml"}}}
		expect(t, preflight(t, e, Options{}), "database.config", Failed, "it is not a URL", "percent-encode")
	}
	e := withDatabase(t, s)
	e.Answers.Values = map[string]any{"zenml": map[string]any{"database": map[string]any{"url": "mysql://u:" + canary + "@db.test/zenml"}}}
	expect(t, preflight(t, e, Options{}), "database.config", Warned, "a password inside the URL")
}
