package database

import (
	"net"
	"strconv"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/mysqlerr"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

// outwardAddress returns an address of this machine that is not a loopback address, which
// a server never blocks.
func outwardAddress(t *testing.T) string {
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

func TestMySQLFault_blockedHost(t *testing.T) {
	t.Parallel()
	address := outwardAddress(t)
	s := checktest.StartDatabase(
		t,
		testdb.Options{
			Address: address,
			Hosts:   []string{address},
			Flags:   []string{"--skip-name-resolve=OFF", "--max-connect-errors=1"},
		},
	)
	at := func() check.Report {
		return preflight(t, checktest.WithDatabase(t, s, func(m *answers.MySQL) { m.Host = address }), check.Options{})
	}
	checktest.Expect(t, at(), "database.login", check.Pass)
	checktest.WaitFor(t, "the server blocks this machine", func() bool {
		conn, err := net.Dial("tcp", net.JoinHostPort(address, strconv.Itoa(s.Port)))
		checktest.Must(t, err)
		defer func() { _ = conn.Close() }()
		_, err = readGreeting(conn)
		return number(err) == mysqlerr.HostBlocked
	})
	checktest.Expect(t, at(), "database.connect", check.Failed, "blocks this client", "1129",
		"mysqladmin flush-hosts")
	s.Exec(t, "FLUSH HOSTS") // what the remedy does
	checktest.Expect(t, at(), "database.login", check.Pass)
}

func TestMySQLFault_hostNotAllowed(t *testing.T) {
	t.Parallel()
	s := testdb.Start(t, testdb.Options{})
	for _, host := range s.Strings(t, "SELECT Host FROM mysql.user WHERE User = 'root' AND Host <> 'localhost'") {
		s.Exec(t, "DROP USER root@"+quoteSQL(host))
	}
	s.Exec(t, "CREATE DATABASE zenml", "CREATE USER zenml@'10.9.8.7' IDENTIFIED BY '"+checktest.Canary+"'")
	checktest.Expect(t, preflight(t, checktest.WithDatabase(t, s), check.Options{}), "database.connect", check.Failed,
		"does not allow connections from this address", "1130", "CREATE USER 'zenml'@'%'")
}

func TestMySQLFault_unsupportedPlugin(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{Flags: []string{"--secure-auth=OFF"}})
	as := func(user string) check.Report {
		return preflight(t, checktest.WithDatabase(t, s, func(m *answers.MySQL) { m.User = user }), check.Options{})
	}
	s.Exec(t, "CREATE USER gone IDENTIFIED BY '"+checktest.Canary+"'",
		"CREATE USER old IDENTIFIED VIA mysql_old_password USING '0123456789abcdef'",
		"UPDATE mysql.global_priv SET Priv = JSON_SET(Priv, '$.plugin', 'nowhere') WHERE User = 'gone'",
		"FLUSH PRIVILEGES")
	checktest.Expect(t, as("gone"), "database.login", check.Failed, "authentication plugin is not loaded", "1524",
		"ALTER USER 'gone'@'%' IDENTIFIED")
	checktest.Expect(t, as("old"), "database.login", check.Failed, "authentication plugin of",
		"ALTER USER 'old'@'%' IDENTIFIED")
}

func TestMySQLFault_expiredPassword(t *testing.T) {
	t.Parallel()
	for flag, number := range map[string]string{"ON": "1862", "OFF": "1820"} {
		t.Run(number, func(t *testing.T) {
			s := checktest.StartDatabase(t, testdb.Options{Flags: []string{"--disconnect-on-expired-password=" + flag}})
			s.Exec(t, "ALTER USER zenml PASSWORD EXPIRE")
			report := preflight(t, checktest.WithDatabase(t, s), check.Options{})
			checktest.Expect(t, report, "database.login", check.Failed, number, "PASSWORD EXPIRE NEVER")
			checktest.Expect(t, report, "database.version", check.Skipped, "needs database.login")
			s.Exec(t, "ALTER USER zenml IDENTIFIED BY '"+checktest.Canary+"' PASSWORD EXPIRE NEVER")
			checktest.Expect(t, preflight(t, checktest.WithDatabase(t, s), check.Options{}), "database.login",
				check.Pass)
		})
	}
}
