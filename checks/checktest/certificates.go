package checktest

import (
	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

// CertificateCases returns server certificates that Go and Python's ssl verify
// differently. Takes is true if Python accepts them.
func CertificateCases() map[string]certificateCase {
	none := []string{}
	root := func(s *testdb.Server) string { return string(s.Authority.PEM) }
	issuer := func(s *testdb.Server) string { return string(s.Issuer.PEM) }
	both := func(s *testdb.Server) string { return issuer(s) + root(s) }
	return map[string]certificateCase{
		"common name alone": {
			testdb.Options{Name: "localhost", Hosts: none},
			answers.TLSVerifyFull,
			root,
			true,
			check.Warned,
			[]string{"only in its common name", "DNS:localhost"},
		},
		"common name and address": {
			testdb.Options{Name: "localhost", Hosts: []string{"10.0.0.1"}},
			answers.TLSVerifyFull,
			root,
			true,
			check.Warned,
			[]string{"only in its common name"},
		},
		"another common name": {
			testdb.Options{Name: "vm", Hosts: none},
			answers.TLSVerifyFull,
			root,
			false,
			check.Failed,
			[]string{"is for vm, not for localhost"},
		},
		"another DNS name": {
			testdb.Options{Name: "localhost", Hosts: []string{"vm"}},
			answers.TLSVerifyFull,
			root,
			false,
			check.Failed,
			[]string{"is for vm, not for localhost"},
		},
		"no name at all, verify-ca": {
			testdb.Options{Name: "vm", Hosts: none},
			answers.TLSVerifyCA,
			root,
			true,
			check.Pass,
			[]string{"host name not verified"},
		},
		"intermediate alone": {
			testdb.Options{Hosts: []string{"localhost"}, Chained: true},
			answers.TLSVerifyFull,
			issuer,
			false,
			check.Failed,
			[]string{"append the root certificate", "test intermediate", "test authority"},
		},
		"intermediate, verify-ca": {
			testdb.Options{Hosts: []string{"localhost"}, Chained: true},
			answers.TLSVerifyCA,
			issuer,
			false,
			check.Failed,
			[]string{"append the root certificate"},
		},
		"intermediate and root": {
			testdb.Options{Hosts: []string{"localhost"}, Chained: true},
			answers.TLSVerifyFull,
			both,
			true,
			check.Pass,
			nil,
		},
		"root of a chain": {
			testdb.Options{Hosts: []string{"localhost"}, Chained: true},
			answers.TLSVerifyFull,
			root,
			true,
			check.Pass,
			nil,
		},
	}
}

type certificateCase struct {
	Server testdb.Options
	Mode   string
	CA     func(*testdb.Server) string
	Takes  bool
	Status check.Status
	Say    []string
}
