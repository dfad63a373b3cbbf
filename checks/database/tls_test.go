package database

import (
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

func TestTLS_faults(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	other := testdb.NewAuthority(t)
	pair, stranger := s.Authority.Client(t, "zenml"), other.Client(t, "zenml")
	for name, c := range map[string]struct {
		change func(*answers.MySQL)
		say    []string
	}{
		"unknown authority": {
			func(m *answers.MySQL) { m.TLS.CA = checktest.Plain(string(other.PEM)) }, []string{"is not signed by the CA"},
		},
		"unknown, verify-ca": {
			func(m *answers.MySQL) { m.TLS.Mode, m.TLS.CA = answers.TLSVerifyCA, checktest.Plain(string(other.PEM)) },
			[]string{"is not signed by the CA"},
		},
		"CA is not PEM": {
			func(m *answers.MySQL) { m.TLS.CA = checktest.Plain("rubbish") }, []string{"the CA certificate is not PEM"},
		},
		"another one's key": {func(m *answers.MySQL) {
			m.TLS.Cert, m.TLS.Key = checktest.Plain(string(pair.Cert)), checktest.Plain(string(stranger.Key))
		}, []string{"does not match"}},
		"untrusted client": {func(m *answers.MySQL) {
			m.TLS.Cert, m.TLS.Key = checktest.Plain(string(stranger.Cert)), checktest.Plain(string(stranger.Key))
		}, []string{"rejects the client certificate"}},
		"key is no PEM": {func(m *answers.MySQL) {
			m.TLS.Cert, m.TLS.Key = checktest.Plain(string(pair.Cert)), checktest.Plain("k")
		}, []string{"the client key is not PEM"}},
		"file does not exist": {
			func(m *answers.MySQL) { m.TLS.CA = answers.Source{File: "/no/such/ca.pem"} },
			[]string{"cannot be read", "no such file"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			report := preflight(t, checktest.WithDatabase(t, s, c.change), check.Options{})
			checktest.Expect(t, report, "database.tls", check.Failed, c.say...)
			checktest.Expect(t, report, "database.login", check.Skipped, "needs database.tls")
		})
	}
}

func TestTLS_serverCertificate(t *testing.T) {
	t.Parallel()
	t.Run("wrong host", func(t *testing.T) {
		s := checktest.StartDatabase(t, testdb.Options{Hosts: []string{"db.elsewhere.test"}})
		checktest.Expect(t, preflight(t, checktest.WithDatabase(t, s), check.Options{}), "database.tls", check.Failed,
			"is for db.elsewhere.test, not for db.test")
		checktest.Expect(
			t,
			preflight(t, checktest.WithDatabase(t, s, func(m *answers.MySQL) { m.TLS.Mode = answers.TLSVerifyCA }),
				check.Options{}),
			"database.tls",
			check.Pass,
		)
	})
	t.Run("expired", func(t *testing.T) {
		s := checktest.StartDatabase(t, testdb.Options{NotAfter: time.Now().Add(-time.Minute)})
		checktest.Expect(t, preflight(t, checktest.WithDatabase(t, s), check.Options{}), "database.tls", check.Failed,
			"expired on")
	})
	t.Run("no TLS offered", func(t *testing.T) {
		s := checktest.StartDatabase(t, testdb.Options{NoTLS: true})
		checktest.Expect(t, preflight(t, checktest.WithDatabase(t, s), check.Options{}), "database.tls", check.Failed,
			"does not offer TLS")
	})
	t.Run("TLS 1.1 only", func(t *testing.T) {
		s := checktest.StartDatabase(t,
			testdb.Options{Flags: []string{"--tls-version=TLSv1.1", "--ssl-cipher=DEFAULT@SECLEVEL=0"}})
		checktest.Expect(t, preflight(t, checktest.WithDatabase(t, s), check.Options{}), "database.tls", check.Failed,
			"TLS")
	})
}

func TestTLS_required(t *testing.T) {
	t.Parallel()
	off := func(m *answers.MySQL) { m.TLS = answers.TLS{Mode: answers.TLSOff} }
	t.Run("for everyone", func(t *testing.T) {
		s := checktest.StartDatabase(t, testdb.Options{Flags: []string{"--require-secure-transport=ON"}})
		checktest.Expect(t, preflight(t, checktest.WithDatabase(t, s, off), check.Options{}), "database.tls",
			check.Failed, "requires TLS")
	})
	t.Run("for this user", func(t *testing.T) {
		s := checktest.StartDatabase(t, testdb.Options{})
		s.Exec(t, "ALTER USER zenml REQUIRE SSL")
		report := preflight(t, checktest.WithDatabase(t, s, off), check.Options{})
		checktest.Expect(t, report, "database.tls", check.Failed, "requires TLS")
		checktest.Expect(t, report, "database.login", check.Skipped, "needs database.tls")
	})
}
