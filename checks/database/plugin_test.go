package database

import (
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

func TestPlugin_ed25519(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{
		Flags: []string{"--plugin-dir=" + checktest.MariaDBPlugins(t), "--plugin-load-add=auth_ed25519"},
	})
	s.Exec(t, "CREATE USER modern IDENTIFIED VIA ed25519 USING PASSWORD('"+checktest.Canary+"')",
		"GRANT ALL ON zenml.* TO modern")
	report := func() check.Report {
		e := checktest.WithDatabase(t, s, func(m *answers.MySQL) { m.User = "modern" })
		return preflight(t, e, check.Options{Only: []string{"database.login"}})
	}
	result := checktest.Expect(t, report(), "database.login", check.Failed, "ed25519",
		"ALTER USER 'modern'@'%' IDENTIFIED VIA mysql_native_password")
	statement, _, _ := strings.Cut(result.Remedy, "\n")
	s.Exec(t, strings.Replace(statement, "...", checktest.Canary, 1))
	checktest.Expect(t, report(), "database.login", check.Pass)
}

// TestPlugin_PAM uses accounts that PAM checks. PAM denies them here; the test is about
// how the password is sent.
func TestPlugin_PAM(t *testing.T) {
	t.Parallel()
	flags := []string{"--plugin-dir=" + checktest.MariaDBPlugins(t), "--plugin-load-add=auth_pam_v1"}
	for name, c := range map[string]struct {
		flag    string
		tls     bool
		status  check.Status
		message string
	}{
		"dialog":                  {"--pam-use-cleartext-plugin=OFF", true, check.Skipped, "dialog (PAM)"},
		"plain text with TLS":     {"--pam-use-cleartext-plugin=ON", true, check.Failed, "1045"},
		"plain text, without TLS": {"--pam-use-cleartext-plugin=ON", false, check.Warned, "in plain text"},
	} {
		t.Run(name, func(t *testing.T) {
			s := checktest.StartDatabase(t, testdb.Options{Flags: append(flags, c.flag)})
			s.Exec(t, "CREATE USER pam IDENTIFIED VIA pam")
			e := checktest.WithDatabase(t, s, func(m *answers.MySQL) {
				m.User = "pam"
				if !c.tls {
					m.TLS = answers.TLS{Mode: answers.TLSOff}
				}
			})
			checktest.Expect(t, preflight(t, e, check.Options{Only: []string{"database.login"}}), "database.login", c.status,
				c.message)
		})
	}
}
