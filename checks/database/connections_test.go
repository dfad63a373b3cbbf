package database

import (
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

func TestConnections(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t,
		testdb.Options{Flags: []string{"--max-connections=100", "--max-user-connections=1000"}})
	with := func(replicas, size int) check.Report {
		e := checktest.WithDatabase(t, s, func(m *answers.MySQL) { m.Pool.Size = size })
		e.Answers.Server.Replicas = replicas
		return preflight(t, e, check.Options{})
	}
	checktest.Expect(t, with(2, 20), "database.connections", check.Pass, "81 of 100")
	checktest.Expect(
		t,
		with(3, 20),
		"database.connections",
		check.Failed,
		"need 121 connections, but max_connections is 100",
		"SET GLOBAL max_connections = 151;",
	)
	checktest.Expect(t, with(3, 10), "database.connections", check.Pass, "91 of 100")

	s.Exec(t, "CREATE USER tight@'127.%' IDENTIFIED BY '"+checktest.Canary+"' WITH MAX_USER_CONNECTIONS 30")
	tight := func(overflow int) check.Report {
		return preflight(t,
			checktest.WithDatabase(t, s, func(m *answers.MySQL) { m.User, m.Pool.Overflow = "tight", &overflow }),
			check.Options{})
	}
	checktest.Expect(t, tight(0), "database.connections", check.Pass, "21 of 30")
	result := checktest.Expect(t, tight(10), "database.connections", check.Failed,
		"need 31 connections, but MAX_USER_CONNECTIONS of the account 'tight'@'127.%' is 30")
	raise, _, _ := strings.Cut(result.Remedy, "\n")
	s.Exec(t, raise)
	checktest.Expect(t, tight(10), "database.connections", check.Pass, "31 of 38")

	s.Exec(t, "SET GLOBAL max_user_connections = 30")
	checktest.Expect(t, with(1, 20), "database.connections", check.Failed, "max_user_connections is 30")
}
