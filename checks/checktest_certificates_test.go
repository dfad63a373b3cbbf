package checks

import (
	"github.com/zenml-installer/zenml-installer/internal/answers"
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
