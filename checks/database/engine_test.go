package database

import (
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

func TestEngine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		flag string
		say  []string
	}{
		"MyISAM":   {"--default-storage-engine=MyISAM", []string{"with the engine MyISAM (default_storage_engine)", "1071"}},
		"enforced": {"--enforce-storage-engine=Aria", []string{"with the engine Aria (enforce_storage_engine)"}},
		"COMPACT":  {"--innodb-default-row-format=compact", []string{"row format COMPACT"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := checktest.StartDatabase(t, testdb.Options{Flags: []string{c.flag}})
			report := preflight(t, checktest.WithDatabase(t, s), check.Options{})
			result := checktest.Expect(t, report, "database.engine", check.Failed, c.say...)
			checktest.Expect(t, report, "database.privileges", check.Pass)
			statement, _, _ := strings.Cut(result.Remedy, "\n")
			if name == "enforced" {
				return // MariaDB changes it only for a session
			}
			s.Exec(t, statement)
			checktest.Expect(
				t,
				preflight(t, checktest.WithDatabase(t, s), check.Options{}),
				"database.engine",
				check.Pass,
				"InnoDB, row format DYNAMIC",
			)
		})
	}
}

func TestCharset(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{Flags: []string{"--character-set-server=utf8mb3"}})
	charset := func(name string) check.Report {
		e := checktest.WithDatabase(t, s)
		e.Answers.Database.MySQL.Name = name
		return preflight(t, e, check.Options{Only: []string{"database.charset"}})
	}
	for name, want := range map[string]struct {
		status check.Status
		say    string
	}{
		"latin1": {check.Warned, "character set latin1"}, "utf8mb3": {check.Warned, "utf8mb3"},
		"utf8mb4": {check.Pass, "utf8mb4"}, "utf16": {check.Pass, "utf16"},
	} {
		s.Exec(t, "CREATE DATABASE of_"+name+" CHARACTER SET "+name, "GRANT ALL ON of_"+name+".* TO zenml")
		result := checktest.Expect(t, charset("of_"+name), "database.charset", want.status, want.say)
		if want.status == check.Pass {
			continue
		}
		s.Exec(t, strings.Split(result.Remedy, "\n")...)
		checktest.Expect(t, charset("of_"+name), "database.charset", check.Pass, "utf8mb4")
	}
	s.Exec(t, "GRANT ALL ON later.* TO zenml")
	checktest.Expect(t, charset("later"), "database.charset", check.Warned, "will create the database later",
		"CREATE DATABASE `later` CHARACTER SET utf8mb4;")
}
