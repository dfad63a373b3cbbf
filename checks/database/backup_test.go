package database

import (
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

func TestBackup(t *testing.T) { onBothServers(t, checkBackups) }

func checkBackups(t *testing.T, s *testdb.Server) {
	t.Helper()
	s.Exec(t, "CREATE USER partial IDENTIFIED BY '"+checktest.Canary+"'",
		"GRANT SELECT, INSERT, UPDATE, DELETE, ALTER, INDEX, REFERENCES ON zenml.* TO partial")
	as := func(user string, b answers.Backup) check.Report {
		e := checktest.WithDatabase(t, s, func(m *answers.MySQL) { m.User = user })
		e.Answers.Database.Backup = b
		return preflight(t, e, check.Options{})
	}
	volume := answers.Volume{Size: "1Gi"}
	checktest.Expect(t, as("zenml", answers.Backup{}), "database.backup", check.Pass, "in-memory")
	checktest.Expect(t, as("partial", answers.Backup{}), "database.backup", check.Failed, "lacks DROP and CREATE")
	checktest.Expect(t, as("zenml", answers.Backup{Strategy: answers.BackupDumpFile}), "database.backup", check.Warned,
		"lost when the migration pod is deleted")
	checktest.Expect(t, as("zenml", answers.Backup{Strategy: answers.BackupDumpFile, Volume: volume}),
		"database.backup", check.Pass)
	checktest.Expect(t, as("zenml", answers.Backup{Strategy: answers.BackupDatabase, Database: "zenml_copy"}),
		"database.backup", check.Failed, "on the backup database zenml_copy", "GRANT ALL ON `zenml_copy`.*")
	checktest.Expect(t, as("zenml", answers.Backup{Strategy: answers.BackupDisabled}), "database.backup", check.Warned,
		"no backup")
	checktest.Expect(t, as("zenml", answers.Backup{Strategy: answers.BackupMydumper}), "database.backup", check.Skipped,
		"mydumper")
	s.Exec(t, "GRANT ALL ON `zenml\\_copy`.* TO zenml")
	checktest.Expect(t, as("zenml", answers.Backup{Strategy: answers.BackupDatabase, Database: "zenml_copy"}),
		"database.backup", check.Pass)
}
