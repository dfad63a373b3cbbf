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

// outward is an address of this machine beside the loopback's: a server
// forgives what comes from there everything.
func outward(t *testing.T) string {
	t.Helper()
	all, err := net.InterfaceAddrs()
	checktest.Must(t, err)
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && !n.IP.IsLoopback() {
			return n.IP.String()
		}
	}
	t.Fatal("this machine has no address but the loopback's")
	return ""
}

func TestDatabaseThatHasBlockedThisMachine(t *testing.T) {
	t.Parallel()
	address := outward(t)
	s := checktest.StartDatabase(t, testdb.Options{Address: address, Hosts: []string{address}, Flags: []string{"--skip-name-resolve=OFF", "--max-connect-errors=1"}})
	at := func() check.Report {
		return preflight(t, checktest.WithDatabase(t, s, func(m *answers.MySQL) { m.Host = address }), check.Options{})
	}
	checktest.Expect(t, at(), "database.login", check.Pass)
	checktest.WaitFor(t, "the server blocks this machine", func() bool {
		conn, err := net.Dial("tcp", net.JoinHostPort(address, strconv.Itoa(s.Port)))
		checktest.Must(t, err)
		defer func() { _ = conn.Close() }()
		_, err = readHello(conn)
		return number(err) == errHostBlocked
	})
	checktest.Expect(t, at(), "database.connect", check.Failed, "has blocked this machine", "1129", "mysqladmin flush-hosts")
	s.Exec(t, "FLUSH HOSTS") // what the remedy does
	checktest.Expect(t, at(), "database.login", check.Pass)
}

func TestDatabaseThatDoesNotAllowThisMachine(t *testing.T) {
	t.Parallel()
	s := testdb.Start(t, testdb.Options{})
	for _, host := range s.Strings(t, "SELECT Host FROM mysql.user WHERE User = 'root' AND Host <> 'localhost'") {
		s.Exec(t, "DROP USER root@"+sqlText(host))
	}
	s.Exec(t, "CREATE DATABASE zenml", "CREATE USER zenml@'10.9.8.7' IDENTIFIED BY '"+checktest.Canary+"'")
	checktest.Expect(t, preflight(t, checktest.WithDatabase(t, s), check.Options{}), "database.connect", check.Failed, "does not let this machine in", "1130", "CREATE USER 'zenml'@'%'")
}
