package database

import (
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

func TestConfig_faults(t *testing.T) {
	t.Parallel()
	s := &testdb.Server{Port: 3306, Authority: testdb.NewAuthority(t)}
	for name, c := range map[string]struct {
		change func(*answers.MySQL)
		say    string
	}{
		"hyphen": {func(m *answers.MySQL) { m.Name = "zen-ml" }, "is not a valid database name"},
		"PostgreSQL URL": {
			func(m *answers.MySQL) { m.Host = "postgresql://u:" + checktest.Canary + "@db.test/zenml" }, "supports only MySQL",
		},
		"localhost": {func(m *answers.MySQL) { m.Host = "localhost" }, "is the pod itself"},
		"loopback":  {func(m *answers.MySQL) { m.Host = "127.0.0.1" }, "is the pod itself"},
		"URL": {
			func(m *answers.MySQL) { m.Host = "mysql+pymysql://u:" + checktest.Canary + "@db.test/zenml" },
			"enter only the host: db.test",
		},
		"URL with a password that is not encoded": {
			func(m *answers.MySQL) { m.Host = "mysql://u:p@55?" + checktest.Canary + "@db.test/zenml" },
			"enter only the host",
		},
		"URL as user": {
			func(m *answers.MySQL) { m.User = "mysql://u:" + checktest.Canary + "@db.test/zenml" },
			"enter only the user",
		},
		"URL as name": {
			func(m *answers.MySQL) { m.Name = "u:" + checktest.Canary + "@db.test/zenml" }, "enter only the name",
		},
		"part of a URL": {
			func(m *answers.MySQL) { m.Host = "u:" + checktest.Canary + "@db.test:3306" }, "enter only the host",
		},
		"no user": {func(m *answers.MySQL) { m.User = "" }, "database.mysql.user: the answer is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			report := preflight(t, checktest.WithDatabase(t, s, c.change), check.Options{})
			checktest.Expect(t, report, "database.config", check.Failed, c.say)
			checktest.Expect(t, report, "database.resolve", check.Skipped, "needs database.config")
		})
	}
	for address, say := range map[string]string{
		"postgresql://u@db.test/zenml":                        "does not support PostgreSQL",
		"mysql://u@db.test/zenml?charset=utf8":                `rejects the query parameter "charset"`,
		"mysql://u@localhost:3306/zenml":                      "localhost is the pod itself",
		"mysql://u:" + checktest.Canary + "%zz@db.test/zenml": "it is not a URL",
		"mysql://db.test/zen-ml":                              "the user is missing",
	} {
		e := checktest.WithDatabase(t, s)
		e.Answers.Values = map[string]any{"server": map[string]any{"database": map[string]any{"url": address}}}
		checktest.Expect(t, preflight(t, e, check.Options{}), "database.config", check.Failed, say,
			"values.server.database.url")
	}
	for _, part := range []string{"p@55?", "p@55/", "p@55#", "p@", "p@w0:", "55?", "55/"} {
		e := checktest.WithDatabase(t, s)
		e.Answers.Values = map[string]any{
			"server": map[string]any{
				"database": map[string]any{"url": "mysql://u:" + part + checktest.Canary + "@10.211.0.9:3306/zenml"},
			},
		}
		checktest.Expect(t, preflight(t, e, check.Options{}), "database.config", check.Failed, "it is not a URL",
			"percent-encode")
	}
	e := checktest.WithDatabase(t, s)
	e.Answers.Values = map[string]any{
		"zenml": map[string]any{"database": map[string]any{"url": "mysql://u:" + checktest.Canary + "@db.test/zenml"}},
	}
	checktest.Expect(t, preflight(t, e, check.Options{}), "database.config", check.Warned, "contains a password")
}
