package probepod

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

// pamRules accept only the test's password.
const pamRules = "auth required pam_exec.so quiet expose_authtok /bin/grep -qzFx " + checktest.Canary + "\n" +
	"account required pam_permit.so\n"

// at returns an install into a test's database, over verified TLS.
func (s *stage) at(db *testdb.Server, change func(*answers.MySQL)) *check.Env {
	s.T.Helper()
	return s.withPods(func(m *answers.MySQL) {
		m.Host, m.Port, m.User, m.Password = db.Host, db.Port, "zenml", checktest.Plain(checktest.Canary)
		m.TLS = answers.TLS{Mode: answers.TLSVerifyFull, CA: checktest.Plain(string(db.Authority.PEM))}
		change(m)
	})
}

// TestFiles_PAM uses both plugins for PAM. The remedy of the one that does not work is the
// other one.
func TestFiles_PAM(t *testing.T) {
	t.Parallel()
	onBothServers(t, pamPlugins)
}

func pamPlugins(t *testing.T, s *stage) {
	for name, c := range map[string]struct {
		flag   string
		status check.Status
		say    []string
	}{
		"dialog": {"--pam-use-cleartext-plugin=OFF", check.Failed,
			[]string{"(PAM)", "pam_use_cleartext_plugin = ON"}},
		"mysql_clear_password": {"--pam-use-cleartext-plugin=ON", check.Pass, []string{"logged in"}},
	} {
		db := checktest.StartDatabase(t, testdb.Options{
			Address: s.HostAddress, Hosts: []string{s.HostAddress}, PAM: pamRules,
			Flags: []string{"--plugin-dir=" + checktest.MariaDBPlugins(t), "--plugin-load-add=auth_pam_v1", c.flag},
		})
		db.Exec(t, "CREATE USER pam IDENTIFIED VIA pam USING 'zenml'", "GRANT ALL ON zenml.* TO pam")
		t.Run(name, func(t *testing.T) {
			report := s.runProbe(s.at(db, func(m *answers.MySQL) { m.User = "pam" }))
			checktest.Expect(t, report, inClusterID, c.status, c.say...)
			if c.status != check.Pass {
				return
			}
			wrong := s.at(db, func(m *answers.MySQL) { m.User, m.Password = "pam", checktest.Plain("wrong") })
			checktest.Expect(t, s.runProbe(wrong), inClusterID, check.Failed, "1045")
		})
	}
}

// TestFiles_strayBytes uses files and passwords as editors and shells write them.
func TestFiles_strayBytes(t *testing.T) {
	t.Parallel()
	onBothServers(t, strayBytes)
}

func strayBytes(t *testing.T, s *stage) {
	db := checktest.StartDatabase(t, testdb.Options{
		Address: s.HostAddress, Hosts: []string{s.HostAddress}, Chained: true,
		Flags: []string{"--plugin-dir=" + checktest.MariaDBPlugins(t), "--plugin-load-add=auth_ed25519"},
	})
	db.Exec(t, "CREATE USER strict IDENTIFIED BY '"+checktest.Canary+"' REQUIRE X509",
		"GRANT ALL ON zenml.* TO strict",
		"CREATE USER modern IDENTIFIED VIA ed25519 USING PASSWORD('"+checktest.Canary+"')")
	pair := db.Authority.Client(t, "strict")
	s.createSecret("echoed", map[string]string{"password": checktest.Canary + "\n"})
	const mark = "\ufeff"
	for name, c := range map[string]struct {
		change func(*answers.MySQL)
		status check.Status
		say    []string
	}{
		"files with byte order marks": {func(m *answers.MySQL) {
			m.User, m.TLS.CA = "strict", checktest.Plain(mark+string(db.Authority.PEM))
			m.TLS.Cert, m.TLS.Key = checktest.Plain(mark+string(pair.Cert)), checktest.Plain(mark+string(pair.Key))
		}, check.Pass, []string{"logged in"}},
		"files with Windows line breaks": {func(m *answers.MySQL) {
			m.TLS.CA = checktest.Plain(strings.ReplaceAll(string(db.Authority.PEM), "\n", "\r\n"))
		}, check.Pass, []string{"logged in"}},
		"Secret from echo": {func(m *answers.MySQL) {
			m.Password = answers.Source{SecretRef: &answers.SecretRef{Name: "echoed", Key: "password"}}
		}, check.Failed, []string{`ends in a line break (\n)`, "printf %s", "create secret generic echoed"}},
		"password from a Windows file": {func(m *answers.MySQL) { m.Password = checktest.Plain(checktest.Canary + "\r\n") },
			check.Failed, []string{`ends in a Windows line break (\r\n)`, "database.mysql.password"}},
		"intermediate authority": {func(m *answers.MySQL) { m.TLS.CA = checktest.Plain(string(db.Issuer.PEM)) },
			check.Failed, []string{"append the root certificate to database.mysql.tls.ca"}},
		"ed25519": {func(m *answers.MySQL) { m.User = "modern" }, check.Failed,
			[]string{"ed25519", "IDENTIFIED VIA mysql_native_password"}},
		"password outside Latin-1": {func(m *answers.MySQL) { m.Password = checktest.Plain("pass€word") },
			check.Failed, []string{"outside Latin-1", "ASCII"}},
	} {
		t.Run(name, func(t *testing.T) {
			checktest.Expect(t, s.runProbe(s.at(db, c.change)), inClusterID, c.status, c.say...)
		})
	}
}

// createSecret creates a Secret of the user.
func (s *stage) createSecret(name string, data map[string]string) {
	s.T.Helper()
	_, err := s.Client.CoreV1().Secrets(s.Namespace).Create(s.T.Context(),
		&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: name}, StringData: data}, metav1.CreateOptions{})
	checktest.Must(s.T, err)
}
