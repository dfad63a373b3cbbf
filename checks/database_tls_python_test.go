package checks

import (
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/peers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

// certificateCases are servers that Go and Python's ssl judge differently.
// takes is Python's judgement.
func certificateCases() map[string]certificateCase {
	none := []string{}
	root := func(s *testdb.Server) string { return string(s.Authority.PEM) }
	issuer := func(s *testdb.Server) string { return string(s.Issuer.PEM) }
	both := func(s *testdb.Server) string { return issuer(s) + root(s) }
	return map[string]certificateCase{
		"common name alone":         {testdb.Options{Name: "localhost", Hosts: none}, answers.TLSVerifyFull, root, true, Warned, []string{"in its common name alone", "DNS:localhost"}},
		"common name and address":   {testdb.Options{Name: "localhost", Hosts: []string{"10.0.0.1"}}, answers.TLSVerifyFull, root, true, Warned, []string{"in its common name alone"}},
		"another common name":       {testdb.Options{Name: "vm", Hosts: none}, answers.TLSVerifyFull, root, false, Failed, []string{"is for vm, not for localhost"}},
		"another DNS name":          {testdb.Options{Name: "localhost", Hosts: []string{"vm"}}, answers.TLSVerifyFull, root, false, Failed, []string{"is for vm, not for localhost"}},
		"no name at all, verify-ca": {testdb.Options{Name: "vm", Hosts: none}, answers.TLSVerifyCA, root, true, Pass, []string{"host name not"}},
		"intermediate alone":        {testdb.Options{Hosts: []string{"localhost"}, Chained: true}, answers.TLSVerifyFull, issuer, false, Failed, []string{"give the root as well", "test intermediate", "test authority"}},
		"intermediate, verify-ca":   {testdb.Options{Hosts: []string{"localhost"}, Chained: true}, answers.TLSVerifyCA, issuer, false, Failed, []string{"give the root as well"}},
		"intermediate and root":     {testdb.Options{Hosts: []string{"localhost"}, Chained: true}, answers.TLSVerifyFull, both, true, Pass, nil},
		"root of a chain":           {testdb.Options{Hosts: []string{"localhost"}, Chained: true}, answers.TLSVerifyFull, root, true, Pass, nil},
	}
}

type certificateCase struct {
	server testdb.Options
	mode   string
	ca     func(*testdb.Server) string
	takes  bool
	status Status
	say    []string
}

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

// TestPythonJudgesCertificatesSo holds the cases to Python itself.
func TestPythonJudgesCertificatesSo(t *testing.T) {
	t.Parallel()
	python := peers.Python(t)
	for name, c := range certificateCases() {
		t.Run(name, func(t *testing.T) {
			s := start(t, c.server)
			got := runScript(t, python, "localhost", s.Port, map[string]string{"TLS": c.mode}, map[string]string{"password": canary, "ca.pem": c.ca(s)})
			if got.Step != map[bool]string{true: "done", false: "tls"}[c.takes] {
				t.Errorf("%+v", got)
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
