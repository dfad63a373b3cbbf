package database

import (
	"net"
	"strconv"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

func TestConnect_networkFaults(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	at := func(host string, port int) *check.Env {
		return checktest.WithDatabase(t, s, func(m *answers.MySQL) { m.Host, m.Port = host, port })
	}
	report := preflight(t, at("no.such.example.com", s.Port), check.Options{})
	checktest.Expect(t, report, "database.resolve", check.Failed, "cannot resolve no.such.example.com")
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
	checktest.Expect(t, report, "database.connect", check.Failed, "connection refused")
	checktest.Expect(t, report, "database.login", check.Skipped, "needs database.tls")
}

func TestConnect_IPv6(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	proxy := &checktest.Between{Target: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port))}
	port := proxy.Listen(t, "::1")
	e := checktest.WithDatabase(t, s, func(m *answers.MySQL) {
		m.Port, m.TLS = port, answers.TLS{Mode: answers.TLSOff}
	})
	e.Resolver = checktest.Resolver(t, map[string]string{"db.test": "::1"})
	report := preflight(t, e, check.Options{})
	checktest.Accept(t, report, "database.connect", "a database with an IPv6 address", check.Pass, "answers as")
	checktest.Expect(t, report, "database.login", check.Pass)
	checktest.Expect(t, report, "database.privileges", check.Pass)
}

func TestConnect_otherProtocol(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	port := checktest.ServeSSH(t, "127.0.0.1")
	e := checktest.WithDatabase(t, s, func(m *answers.MySQL) { m.Port = port })
	checktest.Expect(t, preflight(t, e, check.Options{}), "database.connect", check.Failed, "does not speak MySQL",
		"SSH-2.0-OpenSSH")
}
