package scenarios_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/cmd"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

// migrationFault is a fault of the database that the migration meets, because
// the test skips the preflight checks of the database.
type migrationFault struct {
	mysql string // answers below database.mysql; {host}, {port} and {dir} are filled in
	raw   string // a raw value of server.database.url instead of the answers' own
	cause string // in what the install says
}

const (
	faultyHost = "host: '{host}', port: {port}, name: zenml, "
	okPassword = "password: {file: '{dir}/password'}"
)

var migrationFaults = map[string]migrationFault{
	"wrong password": {mysql: faultyHost + "user: zenml, password: {file: '{dir}/wrong'}",
		cause: "rejects the user name or the password: 1045"},
	"password beyond Latin-1": {mysql: faultyHost + "user: zenml, password: {file: '{dir}/euro'}",
		cause: "contains a character that the server's MySQL client cannot send"},
	"TLS required": {mysql: faultyHost + "user: encrypted, " + okPassword,
		cause: "rejects the user name or the password: 1045"},
	"no right on the database": {mysql: faultyHost + "user: limited, " + okPassword,
		cause: "has no rights on the database: 1044"},
	"wrong CA": {mysql: faultyHost + "user: zenml, tls: {mode: verify-ca, ca: {file: '{dir}/other-ca.pem'}}, " + okPassword,
		cause: "the database's certificate is not"},
	"certificate for another host": {
		mysql: faultyHost + "user: zenml, tls: {mode: verify-full, ca: {file: '{dir}/ca.pem'}}, " + okPassword,
		cause: "the database's certificate is for another host name"},
	"connection refused": {mysql: "host: '{host}', port: 1, name: zenml, user: zenml, " + okPassword,
		cause: "nothing listens on the database's host and port"},
	"unknown host": {mysql: "host: no.such.host.invalid, name: zenml, user: zenml, " + okPassword,
		cause: "cannot resolve the database's host name"},
	"newer revision": {mysql: "host: '{host}', port: {port}, name: newer, user: zenml, " + okPassword,
		cause: "a newer server has migrated the database"},
	"storage engine": {mysql: "host: '{host}', port: {myisam}, name: zenml, user: zenml, " + okPassword,
		cause: "does not support long indexes: 1071"},
	"name that the server refuses": {mysql: faultyHost + "user: zenml, " + okPassword,
		raw: "mysql://zenml@{host}:{port}/zen-ml", cause: "does not accept the name of the database"},
	"another kind of database": {mysql: faultyHost + "user: zenml, " + okPassword,
		raw: "postgresql://zenml@{host}:{port}/zenml", cause: "does not support this kind of database"},
}

// TestMigrationFaults provokes faults of the database with the real server. The
// install must name the cause of each.
func TestMigrationFaults(t *testing.T) {
	if !runAll() {
		t.Skip("make test-scenarios runs it")
	}
	c := testcluster.Start(t)
	chart := c.RealServer(t, current)
	fill := faultyDatabases(t, c)
	for name, fault := range migrationFaults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "answers.yaml")
			if err := os.WriteFile(file, []byte(fill.Replace(fault.answers())), 0o600); err != nil {
				t.Fatal(err)
			}
			args := append([]string{"install", "-f", file, "--yes", "-n", c.Namespace(t), "--kubeconfig", c.Kubeconfig,
				"--output", file + ".values", "--skip", "database,supply.effect"}, chart.Flags()...)
			var out bytes.Buffer
			begin := time.Now()
			code := cmd.Main(args, cmd.Streams{In: strings.NewReader(""), Out: &out, Err: &out,
				Getenv: func(string) (string, bool) { return "", false }})
			if code != 5 || !strings.Contains(out.String(), fault.cause) {
				t.Fatalf("exit code %d, want %q in\n%s", code, fault.cause, out.String())
			}
			t.Logf("%s, %.1f s: %s", name, time.Since(begin).Seconds(), fault.cause)
		})
	}
}

// answers returns an answers file, to be filled in.
func (f migrationFault) answers() string {
	text := "version: 1\ndatabase: {type: mysql, mysql: {" + f.mysql + "}}\n"
	if f.raw != "" {
		text += "values: {server: {database: {url: '" + f.raw + "'}}}\n"
	}
	return text
}

// faultyDatabases starts servers that pods reach, with the accounts and databases
// of the faults, and returns what fills in the answers.
func faultyDatabases(t *testing.T, c *testcluster.Cluster) *strings.Replacer {
	t.Helper()
	dir := t.TempDir()
	const password = "Real-fault-c4nary"
	s := testdb.Start(t, testdb.Options{Address: c.HostAddress, Version: "own", Hosts: []string{"db.test"}})
	s.Exec(t, "CREATE DATABASE zenml", "CREATE DATABASE newer",
		"CREATE TABLE newer.stack (id INT)", "CREATE TABLE newer.alembic_version (version_num VARCHAR(32) NOT NULL)",
		"INSERT INTO newer.alembic_version VALUES ('ffffffffffff')",
		"CREATE USER zenml IDENTIFIED BY '"+password+"'", "GRANT ALL ON *.* TO zenml",
		"CREATE USER encrypted IDENTIFIED BY '"+password+"' REQUIRE SSL", "GRANT ALL ON *.* TO encrypted",
		"CREATE USER limited IDENTIFIED BY '"+password+"'")
	myisam := testdb.Start(t, testdb.Options{Address: c.HostAddress, Version: "own",
		Flags: []string{"--default-storage-engine=MyISAM"}})
	myisam.Exec(t, "CREATE DATABASE zenml CHARACTER SET utf8mb4", "CREATE USER zenml IDENTIFIED BY '"+password+"'",
		"GRANT ALL ON *.* TO zenml")
	for name, content := range map[string]string{
		"password": password, "wrong": "Wr0ng-c4nary", "euro": "pass€word-c4nary",
		"ca.pem": string(s.Authority.PEM), "other-ca.pem": string(testdb.NewAuthority(t).PEM),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return strings.NewReplacer("{host}", c.HostAddress, "{port}", fmt.Sprint(s.Port), "{dir}", dir,
		"{myisam}", fmt.Sprint(myisam.Port))
}
