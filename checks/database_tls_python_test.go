package checks

import (
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

func TestDatabaseCertificatesAreJudgedAsTheServerJudges(t *testing.T) {
	t.Parallel()
	for name, c := range certificateCases() {
		t.Run(name, func(t *testing.T) {
			s := start(t, c.server)
			e := withDatabase(t, s, func(m *answers.MySQL) {
				// The name localhost is refused as an answer: it is asked below that.
				m.Host, m.TLS = "localhost", answers.TLS{Mode: c.mode, CA: plain(c.ca(s))}
			})
			table := []Check{{ID: "database.tls", Severity: MustPass, Why: "as the table says", Run: databaseTLS}, {ID: "database.login", Severity: MustPass, Why: "likewise", Needs: []string{"database.tls"}, Run: databaseLogin}}
			e.Resolver = nil
			report, err := run(t.Context(), table, e, Options{}, nil)
			must(t, err)
			expect(t, report, "database.tls", c.status, c.say...)
			if c.takes {
				expect(t, report, "database.login", Pass)
			}
		})
	}
}

func TestWildcardsOfATopLevelDomain(t *testing.T) {
	a := testdb.NewAuthority(t)
	for name, host := range map[string]string{"*.example.com": "db.example.com", "*.test": "db.test"} {
		pair := a.Named(t, time.Now().Add(time.Hour), name)
		if _, err := verifyHost(certificates(string(pair.Cert))[0], host); (err == nil) != (name == "*.example.com") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
