package testdb

import (
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
)

func TestStart_version(t *testing.T) {
	for _, test := range []struct {
		options Options
		want    string
	}{
		{Options{}, "8.0.41"},
		{Options{Version: "5.7.44-log"}, "5.7.44-log"},
		{Options{Version: "own"}, "MariaDB"},
		{Options{Server: MySQL}, "9."},
	} {
		t.Run(fmt.Sprintf("%s %s", test.options.Server, test.options.Version), func(t *testing.T) {
			t.Parallel()
			got := Start(t, test.options).Strings(t, "SELECT VERSION()")
			if len(got) != 1 || !strings.Contains(got[0], test.want) {
				t.Errorf("it reports version %v, want %s", got, test.want)
			}
		})
	}
}

func TestStart_tls(t *testing.T) {
	for _, kind := range []Kind{MariaDB, MySQL} {
		t.Run(kind.String(), func(t *testing.T) {
			t.Parallel()
			s := Start(t, Options{Server: kind})
			s.Exec(t, "CREATE USER zenml IDENTIFIED BY 'secret' REQUIRE SSL")
			if err := s.ping(t, true); err != nil {
				t.Errorf("with TLS: %v", err)
			}
			if err := s.ping(t, false); err == nil {
				t.Error("the server admits a user without TLS who must have it")
			}
		})
		t.Run(kind.String()+" without TLS", func(t *testing.T) {
			t.Parallel()
			s := Start(t, Options{Server: kind, NoTLS: true})
			s.Exec(t, "CREATE USER zenml IDENTIFIED BY 'secret'")
			if err := s.ping(t, true); err == nil {
				t.Error("the server offers TLS")
			}
			if err := s.ping(t, false); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestStart_passwordPlugin(t *testing.T) {
	s := Start(t, Options{Server: MySQL})
	s.Exec(t, "CREATE USER zenml IDENTIFIED BY 'secret'")
	if got := s.Strings(
		t,
		"SELECT plugin FROM mysql.user WHERE user = 'zenml'",
	); len(got) != 1 ||
		got[0] != "caching_sha2_password" {
		t.Errorf("accounts have plugin %v, want caching_sha2_password", got)
	}
}

// ping logs in as user zenml over TCP.
func (s *Server) ping(t *testing.T, encrypted bool) error {
	t.Helper()
	config := mysql.NewConfig()
	config.Net, config.Addr = "tcp", net.JoinHostPort(s.Host, fmt.Sprint(s.Port))
	config.User, config.Passwd, config.Logger = "zenml", "secret", &mysql.NopLogger{}
	if encrypted {
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(s.Authority.PEM)
		config.TLS = &tls.Config{RootCAs: roots, ServerName: "db.test"}
	}
	connector, err := mysql.NewConnector(config)
	check(t, err)
	db := sql.OpenDB(connector)
	defer func() { _ = db.Close() }()
	return db.PingContext(t.Context())
}
