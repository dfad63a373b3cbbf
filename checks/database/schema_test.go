package database

import (
	"context"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

func TestDatabaseSchemas(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	e := checktest.WithDatabase(t, s)
	e.Chart = func(context.Context) (chartinfo.Info, error) {
		return chartinfo.Info{Name: "zenml", Version: "0.98.1", AppVersion: "0.98.1"}, nil
	}
	schema := func() check.Report { return preflight(t, e, check.Options{}) }
	checktest.Expect(t, schema(), "database.schema", check.Pass, "empty")

	s.Exec(t, "CREATE TABLE zenml.zenml_preflight_abcdefghij (id INT PRIMARY KEY)", "CREATE TABLE zenml.zenml_preflight_abcdefghij_ref (id INT PRIMARY KEY)")
	checktest.Expect(t, schema(), "database.schema", check.Failed, "interrupted preflight", "DROP TABLE `zenml_preflight_abcdefghij_ref`, `zenml_preflight_abcdefghij`;")
	s.Exec(t, "DROP TABLE zenml.zenml_preflight_abcdefghij_ref", "DROP TABLE zenml.zenml_preflight_abcdefghij")

	s.Exec(t, "CREATE TABLE zenml.wp_posts (id INT PRIMARY KEY)")
	checktest.Expect(t, schema(), "database.schema", check.Failed, "not ZenML's: wp_posts", "database.mysql.name")

	s.Exec(t, "CREATE TABLE zenml.alembic_version (version_num VARCHAR(255))")
	checktest.Expect(t, schema(), "database.schema", check.Failed, "0 rows")
	s.Exec(t, "INSERT INTO zenml.alembic_version VALUES ('0.94.2')")
	checktest.Expect(t, schema(), "database.schema", check.Pass, "of version 0.94.2")
	s.Exec(t, "UPDATE zenml.alembic_version SET version_num = '0.99.0'")
	checktest.Expect(t, schema(), "database.schema", check.Failed, "newer than the chart's 0.98.1", "--chart-version 0.99.0")
	s.Exec(t, "UPDATE zenml.alembic_version SET version_num = 'a1b2c3d4e5f6'")
	checktest.Expect(t, schema(), "database.schema", check.Pass, "at revision a1b2c3d4e5f6")
	if tables := s.Strings(t, "SHOW TABLES FROM zenml"); len(tables) != 2 {
		t.Errorf("something existing was touched: %v", tables)
	}
}

func TestDatabaseConnectionsForEveryPod(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{Flags: []string{"--max-connections=100", "--max-user-connections=1000"}})
	with := func(replicas, size int) check.Report {
		e := checktest.WithDatabase(t, s, func(m *answers.MySQL) { m.Pool.Size = size })
		e.Answers.Server.Replicas = replicas
		return preflight(t, e, check.Options{})
	}
	checktest.Expect(t, with(2, 20), "database.connections", check.Pass, "81 of 100")
	checktest.Expect(t, with(3, 20), "database.connections", check.Failed, "need 121, and max_connections is 100", "SET GLOBAL max_connections = 151;")
	checktest.Expect(t, with(3, 10), "database.connections", check.Pass, "91 of 100")

	s.Exec(t, "CREATE USER tight@'127.%' IDENTIFIED BY '"+checktest.Canary+"' WITH MAX_USER_CONNECTIONS 30")
	tight := func(overflow int) check.Report {
		return preflight(t, checktest.WithDatabase(t, s, func(m *answers.MySQL) { m.User, m.Pool.Overflow = "tight", &overflow }), check.Options{})
	}
	checktest.Expect(t, tight(0), "database.connections", check.Pass, "21 of 30")
	result := checktest.Expect(t, tight(10), "database.connections", check.Failed, "need 31, and MAX_USER_CONNECTIONS of the account 'tight'@'127.%' is 30")
	raise, _, _ := strings.Cut(result.Hint, "\n")
	s.Exec(t, raise)
	checktest.Expect(t, tight(10), "database.connections", check.Pass, "31 of 38")

	s.Exec(t, "SET GLOBAL max_user_connections = 30")
	checktest.Expect(t, with(1, 20), "database.connections", check.Failed, "max_user_connections is 30")
}

func TestDatabaseBackupRights(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	s.Exec(t, "CREATE USER partial IDENTIFIED BY '"+checktest.Canary+"'", "GRANT SELECT, INSERT, UPDATE, DELETE, ALTER, INDEX, REFERENCES ON zenml.* TO partial")
	as := func(user string, b answers.Backup) check.Report {
		e := checktest.WithDatabase(t, s, func(m *answers.MySQL) { m.User = user })
		e.Answers.Database.Backup = b
		return preflight(t, e, check.Options{})
	}
	volume := answers.Volume{Size: "1Gi"}
	checktest.Expect(t, as("zenml", answers.Backup{}), "database.backup", check.Pass, "in-memory")
	checktest.Expect(t, as("partial", answers.Backup{}), "database.backup", check.Failed, "lacks DROP and CREATE")
	checktest.Expect(t, as("zenml", answers.Backup{Strategy: answers.BackupDumpFile}), "database.backup", check.Warned, "goes with it")
	checktest.Expect(t, as("zenml", answers.Backup{Strategy: answers.BackupDumpFile, Volume: volume}), "database.backup", check.Pass)
	checktest.Expect(t, as("zenml", answers.Backup{Strategy: answers.BackupDatabase, Database: "zenml_copy"}), "database.backup", check.Failed, "on the backup's database zenml_copy", "GRANT ALL ON `zenml_copy`.*")
	checktest.Expect(t, as("zenml", answers.Backup{Strategy: answers.BackupDisabled}), "database.backup", check.Warned, "no backup")
	checktest.Expect(t, as("zenml", answers.Backup{Strategy: answers.BackupMydumper}), "database.backup", check.Skipped, "mydumper")
	s.Exec(t, "GRANT ALL ON `zenml\\_copy`.* TO zenml")
	checktest.Expect(t, as("zenml", answers.Backup{Strategy: answers.BackupDatabase, Database: "zenml_copy"}), "database.backup", check.Pass)
}

func TestDatabaseGrantsAreRead(t *testing.T) {
	for text, covers := range map[string]string{
		"GRANT ALL PRIVILEGES ON *.* TO `root`@`%` WITH GRANT OPTION":     "anything",
		"GRANT SELECT, DROP ON `zenml`.* TO `u`@`%`":                      "zenml",
		"GRANT SELECT, DROP ON `zen\\_ml`.* TO `u`@`%`":                   "zen_ml",
		"GRANT SELECT, DROP ON `zen%`.* TO `u`@`%` IDENTIFIED BY 'x y z'": "zenml",
		"GRANT SELECT, DROP ON `a``b`.* TO `u`@`%`":                       "a`b",
	} {
		g, ok := parseGrant(text)
		if !ok || !g.covers(covers) || len(missingRights([]grant{g}, covers, []string{"DROP"})) != 0 {
			t.Errorf("%s does not cover %s: %+v", text, covers, g)
		}
		if g.object != "*.*" && g.covers("other") {
			t.Errorf("%s covers too much", text)
		}
	}
	if _, ok := parseGrant("GRANT SELECT ON `zenml`.`one` TO `u`@`%`"); ok {
		t.Error("a right on one table is taken for one on the database")
	}
	if g, _ := parseGrant("GRANT SELECT ON `zen\\_ml`.* TO `u`@`%`"); g.covers("zenxml") || strings.Contains(g.object, "x") {
		t.Error("an escaped _ matches another letter")
	}
}
