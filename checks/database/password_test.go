package database

import (
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

func TestPassword(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	for user, password := range map[string]string{
		"umlaut": "Zürich-pässwörd", "euro": "pass€word", "plain": "p@ss:w/ord?#%&'\"\\ 1", "line": checktest.Canary + "\n",
	} {
		s.Exec(t, "CREATE USER "+user+" IDENTIFIED BY "+quoteSQL(password))
	}
	for name, c := range map[string]struct {
		user, password string
		status         check.Status
		say            []string
	}{
		"Latin-1 characters": {"umlaut", "Zürich-pässwörd", check.Failed,
			[]string{"works only in UTF-8", "Latin-1", "ALTER USER 'umlaut'@'%' IDENTIFIED BY '...';"}},
		"wrong Latin-1 characters": {"umlaut", "Zürich", check.Failed, []string{"1045"}},
		"other characters":         {"euro", "pass€word", check.Failed, []string{"outside Latin-1", "ASCII"}},
		"special characters":       {"plain", "p@ss:w/ord?#%&'\"\\ 1", check.Pass, nil},
		"line break": {"zenml", checktest.Canary + "\n", check.Failed,
			[]string{`the password ends in a line break (\n)`, "database.mysql.password"}},
		"Windows line break": {"zenml", checktest.Canary + "\r\n", check.Failed,
			[]string{`a Windows line break (\r\n)`}},
		"carriage return":               {"zenml", checktest.Canary + "\r", check.Failed, []string{`a carriage return (\r)`}},
		"line break that belongs to it": {"line", checktest.Canary + "\n", check.Pass, nil},
	} {
		t.Run(name, func(t *testing.T) {
			e := checktest.WithDatabase(t, s, func(m *answers.MySQL) {
				m.User, m.Password = c.user, checktest.Plain(c.password)
			})
			checktest.Expect(t, preflight(t, e, check.Options{Only: []string{"database.login"}}), "database.login",
				c.status, c.say...)
		})
	}
}

func TestLineBreakRemedy(t *testing.T) {
	for want, source := range map[string]answers.Source{
		"kubectl -n zenml-server create secret generic db --from-file=password=/dev/stdin": {
			SecretRef: &answers.SecretRef{Name: "db", Key: "password"},
		},
		`export DB_PASSWORD="$(printf %s "$DB_PASSWORD" | tr -d '\r\n')"`: {Env: "DB_PASSWORD"},
	} {
		e := checktest.WithDatabase(t, &testdb.Server{Authority: testdb.NewAuthority(t)},
			func(m *answers.MySQL) { m.Password = source })
		if got := lineBreakRemedy(e); !strings.Contains(got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
