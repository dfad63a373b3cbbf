package database

import (
	"cmp"
	"crypto/tls"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

func TestVersion(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]struct {
		status check.Status
		say    string
	}{
		"5.7.44-log":         {check.Failed, "5.7.44"},
		"own":                {check.Warned, "MariaDB"},
		"8.0.11-TiDB-v8.4.0": {check.Warned, "TiDB"},
		"8.4.6-Vitess":       {check.Warned, "Vitess"},
		"9.1.0":              {check.Pass, "9.1.0"},
	} {
		t.Run(version, func(t *testing.T) {
			report := preflight(t,
				checktest.WithDatabase(t, checktest.StartDatabase(t, testdb.Options{Version: version})),
				check.Options{})
			checktest.Expect(t, report, "database.version", want.status, want.say)
			checktest.Expect(t, report, "database.privileges", check.Pass)
		})
	}
}

// variables returns a query with the result of SHOW GLOBAL VARIABLES.
func variables(values ...string) string {
	var rows []string
	for i := 0; i < len(values); i += 2 {
		rows = append(rows, "SELECT '"+values[i]+"' AS Variable_name, '"+values[i+1]+"' AS Value")
	}
	return strings.Join(rows, " UNION ALL ")
}

// frontEnds are services that are not plain MySQL and work with ZenML, or are reported as
// untested. Each is a proxy in front of a real server that answers as the service does.
var frontEnds = map[string]struct {
	announces string
	variables string   // instead of the real ones
	grants    []string // instead of the real ones
	refuses   map[string]uint16
	user      string
	version   check.Status
	say       string
}{
	"ProxySQL": {announces: "5.5.30", version: check.Pass, say: "8.0.41"},
	"RDS Proxy": {announces: "5.7.40", version: check.Pass, say: "8.0.41",
		grants: []string{"GRANT USAGE ON *.* TO `zenml`@`%`", "GRANT `rds_app`@`%` TO `zenml`@`%`"}},
	"PlanetScale": {announces: "8.0.30-Vitess", variables: variables("version", "8.0.30-Vitess"),
		refuses: map[string]uint16{"SHOW GRANTS": 1105, "_LOCK": 1105, "@@session.max_user_connections": 1193},
		version: check.Warned, say: "Vitess"},
	"MariaDB": {announces: "5.5.5-10.11.6-MariaDB-1:10.11.6+maria~ubu2204", version: check.Warned, say: "MariaDB",
		variables: variables("version", "10.11.6-MariaDB-1:10.11.6+maria~ubu2204", "max_connections", "151")},
	"Aurora": {announces: "8.0.mysql_aurora.3.05.2", version: check.Pass, say: "Aurora 3.05.2",
		variables: variables("version", "8.0.32", "version_comment", "Source distribution", "aurora_version", "3.05.2",
			"innodb_read_only", "OFF", "read_only", "0", "max_connections", "90")},
	"Cloud SQL": {announces: "8.0.31-google", version: check.Pass, say: "(Google)",
		variables: variables("version", "8.0.31-google", "version_comment", "(Google)", "max_connections", "4000"),
		grants: []string{"GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, REFERENCES, INDEX, ALTER ON *.* " +
			"TO `zenml`@`%`", "GRANT `cloudsqlsuperuser`@`%` TO `zenml`@`%`"}},
	"Azure": {announces: "5.6.47.0", user: "zenml@myserver", version: check.Pass, say: "8.0.21",
		variables: variables("version", "8.0.21", "version_comment", "Source distribution", "max_connections", "341")},
	"TiDB": {announces: "8.0.11-TiDB-v8.5.0", version: check.Warned, say: "TiDB",
		variables: variables("version", "8.0.11-TiDB-v8.5.0", "max_connections", "0", "default_storage_engine",
			"InnoDB"),
		refuses: map[string]uint16{"@@session.max_user_connections": 1193}},
}

func TestVersion_frontEnds(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{Flags: []string{"--character-set-server=utf8mb4"}})
	s.Exec(t, "CREATE USER 'zenml@myserver' IDENTIFIED BY '"+checktest.Canary+"'",
		"GRANT ALL ON zenml.* TO 'zenml@myserver'",
		"GRANT ALL ON zenml_new.* TO zenml", "GRANT ALL ON zenml_new.* TO 'zenml@myserver'")
	pair := s.Authority.Server(t, time.Now().Add(time.Hour), "db.test")
	cert, err := tls.X509KeyPair(pair.Cert, pair.Key)
	checktest.Must(t, err)
	for name, c := range frontEnds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &checktest.FrontEnd{Target: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port)), Version: c.announces,
				TLS: &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}}
			f.Replace = func(query string) string {
				switch {
				case c.variables != "" && strings.HasPrefix(query, "SHOW GLOBAL VARIABLES"):
					return c.variables
				case len(c.grants) > 0 && query == "SHOW GRANTS":
					return "SELECT '" + strings.Join(c.grants, "' UNION ALL SELECT '") + "'"
				}
				return query
			}
			f.Refuse = func(query string) (uint16, string) {
				for text, number := range c.refuses {
					if strings.Contains(query, text) {
						return number, "unsupported: " + query
					}
				}
				return 0, ""
			}
			port := f.Listen(t, "127.0.0.1")
			for _, database := range []string{"zenml", "zenml_new"} {
				report := preflight(t, checktest.WithDatabase(t, s, func(m *answers.MySQL) {
					m.Port, m.Name, m.User = port, database, cmp.Or(c.user, m.User)
				}), check.Options{})
				expectHealthy(t, report)
				checktest.Expect(t, report, "database.connect", check.Pass, "answers as "+c.announces)
				setup := map[check.Status]string{check.Pass: managedServers, check.Warned: relatedServers}[c.version]
				checktest.Accept(t, report, "database.version", setup, c.version, c.say)
			}
		})
	}
}

// expectHealthy fails the test for every fault except a warning about the product.
func expectHealthy(t *testing.T, report check.Report) {
	t.Helper()
	for _, r := range report.Results {
		isAlarm := r.Status == check.Failed || r.Status == check.Warned && r.Check.ID != "database.version"
		isUnknown := r.Status == check.Skipped && r.Unknown && r.Check.ID != "database.engine" &&
			r.Check.ID != "database.charset"
		if isAlarm || isUnknown {
			t.Errorf("%s is %s: %s\n%s", r.Check.ID, r.Status, r.Message, r.Remedy)
		}
	}
}

// TestVersion_noForeignKeys uses a database that refuses foreign keys, as PlanetScale does
// by default.
func TestVersion_noForeignKeys(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	f := &checktest.FrontEnd{Target: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port)), Version: "8.0.30-Vitess"}
	f.Refuse = func(query string) (uint16, string) {
		if strings.Contains(query, "FOREIGN KEY") {
			return 1105, "VT10001: foreign key constraints are not allowed"
		}
		return 0, ""
	}
	port := f.Listen(t, "127.0.0.1")
	report := preflight(t, checktest.WithDatabase(t, s, func(m *answers.MySQL) {
		m.Port, m.TLS = port, answers.TLS{Mode: answers.TLSOff}
	}), check.Options{})
	checktest.Expect(t, report, "database.privileges", check.Failed, "VT10001", "allow foreign key constraints")
}

func TestWritable_readOnlyServer(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	s.Exec(t, "SET GLOBAL read_only = ON")
	report := preflight(t, checktest.WithDatabase(t, s), check.Options{})
	checktest.Expect(t, report, "database.writable", check.Failed, "read_only = ON", "primary")
	checktest.Expect(t, report, "database.privileges", check.Skipped, "needs database.writable")
}
