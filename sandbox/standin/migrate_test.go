package standin

import (
	"fmt"
	"net"
	"strings"
	"testing"
)

// migrateOutput migrates and returns the output, which must not contain the
// password.
func migrateOutput(t *testing.T, env Env) (string, error) {
	t.Helper()
	var out strings.Builder
	err := Migrate(t.Context(), env, &out)
	for _, text := range []string{out.String(), fmt.Sprint(err)} {
		if password := env["ZENML_STORE_PASSWORD"]; password != "" && strings.Contains(text, password) {
			t.Errorf("the password shows in %q", text)
		}
	}
	return out.String(), err
}

// mustMigrate fails the test if a migration fails.
func mustMigrate(t *testing.T, env Env) string {
	t.Helper()
	out, err := migrateOutput(t, env)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return out
}

// wantFailure checks that a migration fails with a traceback of the wanted exception.
func wantFailure(t *testing.T, env Env, want string) {
	t.Helper()
	out, err := migrateOutput(t, env)
	if err == nil {
		t.Fatalf("the migration succeeded, want %s", want)
	}
	if _, exception, found := strings.Cut(out, "Traceback (most recent call last):"); !found ||
		!strings.Contains(exception, want) {
		t.Errorf("the traceback lacks %s:\n%s", want, out)
	}
}

func TestMigrateMakesAnEmptySchemaWhole(t *testing.T) {
	who := startedMariaDB(t).fresh(t)
	mustMigrate(t, who.env(nil))
	var at string
	if err := who.db.root.QueryRow("SELECT version_num FROM " + who.name + ".alembic_version").Scan(&at); err != nil ||
		at != DefaultVersion {
		t.Errorf("revision %q (%v), want %s", at, err, DefaultVersion)
	}
	if out := mustMigrate(t, who.env(nil)); !strings.Contains(out, "already") {
		t.Errorf("a second migration did something:\n%s", out)
	}
}

func TestMigrateMakesAMissingDatabase(t *testing.T) {
	who := startedMariaDB(t).fresh(t)
	who.db.exec(t, "DROP DATABASE "+who.name)
	mustMigrate(t, who.env(nil))
}

func TestMigrateMayNotMakeAMissingDatabase(t *testing.T) {
	who := startedMariaDB(t).fresh(t)
	who.db.exec(
		t,
		"DROP DATABASE "+who.name,
		"REVOKE ALL ON "+who.name+".* FROM '"+who.name+"'@'%'",
		"GRANT SELECT ON *.* TO '"+who.name+"'@'%'",
	)
	wantFailure(t, who.env(nil), "(pymysql.err.OperationalError) (1044, ")
}

func TestMigrateLogin(t *testing.T) {
	who := startedMariaDB(t).fresh(t)
	wantFailure(
		t,
		who.env(Env{"ZENML_STORE_PASSWORD": "wrong-one"}),
		fmt.Sprintf(
			`sqlalchemy.exc.OperationalError: (pymysql.err.OperationalError) (1045, "Access denied for user '%s'@`,
			who.name,
		),
	)
	wantFailure(
		t,
		who.env(Env{"ZENML_STORE_URL": fmt.Sprintf("mysql://%s@127.0.0.1:%d/mysql", who.name, who.db.port)}),
		`(1044, "Access denied for user`,
	)
}

func TestMigratePasswordSources(t *testing.T) {
	who := startedMariaDB(t).fresh(t)
	raw := `a/b:c@d%41 "e"`
	who.db.exec(t, "ALTER USER '"+who.name+"'@'%' IDENTIFIED BY '"+raw+"'")
	mustMigrate(t, who.env(Env{"ZENML_STORE_PASSWORD": raw}))
	url := func(password string) string {
		return fmt.Sprintf("mysql://%s:%s@127.0.0.1:%d/%s", who.name, password, who.db.port, who.name)
	}
	mustMigrate(
		t,
		who.env(
			Env{"ZENML_STORE_URL": url("a%2Fb%3Ac%40d%2541%20%22e%22"), "ZENML_STORE_PASSWORD": "loses to the URL's"},
		),
	)
	wantFailure(t, who.env(Env{"ZENML_STORE_URL": url("wrong"), "ZENML_STORE_PASSWORD": raw}), "(1045, ")
	wantFailure(
		t,
		who.env(Env{"ZENML_STORE_URL": url("p@ss"), "ZENML_STORE_PASSWORD": ""}),
		"(2003, \"Can't connect to MySQL server on 'ss@127.0.0.1'",
	)
}

func TestMigrateNetwork(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := closed.Addr().String()
	_ = closed.Close()
	env := Env{
		"ZENML_STORE_URL":      "mysql://u@" + address + "/d",
		"ZENML_STORE_PASSWORD": "hidden",
		plainTraceback:         "false",
	}
	wantFailure(t, env, `(2003, "Can't connect to MySQL server on '127.0.0.1' ([Errno 111] Connection refused)")`)

	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	go greet(other, "SSH-2.0-OpenSSH_9.2p1\r\n")
	env["ZENML_STORE_URL"] = "mysql://u@" + other.Addr().String() + "/d"
	wantFailure(t, env, "(2013, 'Lost connection to MySQL server during query')")
}

// greet sends a line to every client and hangs up.
func greet(listener net.Listener, line string) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		_, _ = conn.Write([]byte(line))
		_ = conn.Close()
	}
}

func TestMigrateNeedsRights(t *testing.T) {
	who := startedMariaDB(t).fresh(t)
	who.db.exec(
		t,
		"REVOKE ALL ON "+who.name+".* FROM '"+who.name+"'@'%'",
		"GRANT SELECT, INSERT, UPDATE, DELETE ON "+who.name+".* TO '"+who.name+"'@'%'",
	)
	wantFailure(t, who.env(nil), `(1142, "CREATE command denied to user`)
	who.db.exec(t, "GRANT CREATE, ALTER, DROP, REFERENCES ON "+who.name+".* TO '"+who.name+"'@'%'")
	wantFailure(t, who.env(nil), `(1142, "INDEX command denied to user`)
}

func TestMigrateForeignTables(t *testing.T) {
	who := startedMariaDB(t).fresh(t)
	who.db.exec(t, "CREATE TABLE "+who.name+".orders (id INT)")
	mustMigrate(t, who.env(nil))
}

func TestMigrateRefusesTablesWithoutRevision(t *testing.T) {
	who := startedMariaDB(t).fresh(t)
	who.db.exec(t, "CREATE TABLE "+who.name+".stack (id INT)")
	wantFailure(t, who.env(nil), "never been migrated with alembic")
}

func TestMigrateRefusesADowngrade(t *testing.T) {
	who := startedMariaDB(t).fresh(t)
	mustMigrate(t, who.env(Env{"ZENML_STANDIN_VERSION": "0.99.0"}))
	wantFailure(t, who.env(nil), "alembic.util.exc.CommandError: Can't locate revision identified by '0.99.0'")
}

func TestMigrateUpgradesAfterABackup(t *testing.T) {
	db := startedMariaDB(t)
	folder := t.TempDir()
	for strategy, more := range map[string]Env{
		"":          nil,
		"disabled":  nil,
		"in-memory": nil,
		"dump-file": {"ZENML_STORE_BACKUP_DIRECTORY": folder},
	} {
		t.Run(strategy, func(t *testing.T) {
			who := db.fresh(t)
			mustMigrate(t, who.env(Env{"ZENML_STANDIN_VERSION": "0.84.3"}))
			env := who.env(more)
			env["ZENML_STORE_BACKUP_STRATEGY"] = strategy
			out := mustMigrate(t, env)
			if backedUp := strings.Contains(out, "Backing up"); backedUp != (strategy != "disabled") {
				t.Errorf("backed up: %v, strategy %q:\n%s", backedUp, strategy, out)
			}
			var indexes int
			if err := db.root.QueryRow("SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = ? AND index_name = 'ix_stack_name'", who.name).Scan(&indexes); err != nil ||
				indexes != 1 {
				t.Errorf("%d indexes (%v), want the upgrade's one", indexes, err)
			}
		})
	}
}

func TestMigrateBackupFailures(t *testing.T) {
	db := startedMariaDB(t)
	for name, c := range map[string]struct {
		env  Env
		want string
	}{
		"database without rights": {Env{"ZENML_STORE_BACKUP_STRATEGY": "database", "ZENML_STORE_BACKUP_DATABASE": "elsewhere"}, "(1044, "},
		"database without a name": {Env{"ZENML_STORE_BACKUP_STRATEGY": "database"}, "backup_database"},
		"mydumper":                {Env{"ZENML_STORE_BACKUP_STRATEGY": "mydumper"}, "mydumper"},
		"custom":                  {Env{"ZENML_STORE_BACKUP_STRATEGY": "custom", "ZENML_STORE_CUSTOM_BACKUP_ENGINE": "acme.Backup"}, "No module named 'acme'"},
		"unknown":                 {Env{"ZENML_STORE_BACKUP_STRATEGY": "tape"}, "backup_strategy"},
		"dump-file to nowhere":    {Env{"ZENML_STORE_BACKUP_STRATEGY": "dump-file", "ZENML_STORE_BACKUP_DIRECTORY": "/proc/backups"}, "FileNotFoundError: [Errno 2] No such file or directory: '/proc/backups'"},
	} {
		t.Run(name, func(t *testing.T) {
			who := db.fresh(t)
			mustMigrate(t, who.env(Env{"ZENML_STANDIN_VERSION": "0.84.3"}))
			wantFailure(t, who.env(c.env), c.want)
			mustMigrate(t, who.env(Env{"ZENML_STORE_BACKUP_STRATEGY": "disabled"}))
		})
	}
}

func TestMigrateBackupDatabase(t *testing.T) {
	who := startedMariaDB(t).fresh(t)
	backup := who.name + "_backup"
	who.db.exec(t, "GRANT ALL ON "+backup+".* TO '"+who.name+"'@'%'")
	t.Cleanup(func() { who.db.exec(t, "DROP DATABASE IF EXISTS "+backup) })
	mustMigrate(t, who.env(Env{"ZENML_STANDIN_VERSION": "0.84.3"}))
	mustMigrate(t, who.env(Env{"ZENML_STORE_BACKUP_STRATEGY": "database", "ZENML_STORE_BACKUP_DATABASE": backup}))
	var at string
	if err := who.db.root.QueryRow("SELECT version_num FROM " + backup + ".alembic_version").Scan(&at); err != nil ||
		at != "0.84.3" {
		t.Errorf("the backup is at %q (%v), want 0.84.3", at, err)
	}
}
