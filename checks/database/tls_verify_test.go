package database

import (
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

func TestTLS_sameResultAsPython(t *testing.T) {
	t.Parallel()
	for name, c := range checktest.CertificateCases() {
		t.Run(name, func(t *testing.T) {
			s := checktest.StartDatabase(t, c.Server)
			e := checktest.WithDatabase(t, s, func(m *answers.MySQL) {
				// database.config rejects localhost, so this runs only the TLS checks.
				m.Host, m.TLS = "localhost", answers.TLS{Mode: c.Mode, CA: checktest.Plain(c.CA(s))}
			})
			table := []check.Check{
				{ID: "database.tls", Severity: check.MustPass, Reason: "as the table says", Run: checkTLS},
				{
					ID:       "database.login",
					Severity: check.MustPass,
					Reason:   "likewise",
					Needs:    []string{"database.tls"},
					Run:      checkLogin,
				},
			}
			e.Resolver = nil
			report, err := check.Run(t.Context(), table, e, check.Options{}, nil)
			checktest.Must(t, err)
			checktest.Expect(t, report, "database.tls", c.Status, c.Say...)
			if c.Takes {
				checktest.Expect(t, report, "database.login", check.Pass)
			}
		})
	}
}

func TestVerifyHost_topLevelWildcard(t *testing.T) {
	a := testdb.NewAuthority(t)
	for name, host := range map[string]string{"*.example.com": "db.example.com", "*.test": "db.test"} {
		pair := a.Named(t, time.Now().Add(time.Hour), name)
		if _, err := verifyHost(certificates(string(pair.Cert))[0], host); (err == nil) != (name == "*.example.com") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
