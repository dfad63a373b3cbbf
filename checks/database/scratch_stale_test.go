package database

import (
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

// killedPort is set in the process that TestScratchTables_killedRun kills.
const killedPort = "ZENML_TEST_KILLED_PORT"

// TestKilledRun is the process that is killed. It does nothing in other runs.
func TestKilledRun(t *testing.T) {
	port, err := strconv.Atoi(os.Getenv(killedPort))
	if err != nil {
		return
	}
	s := &testdb.Server{Authority: testdb.NewAuthority(t)}
	e := checktest.WithDatabase(t, s, func(m *answers.MySQL) { m.Port, m.TLS = port, answers.TLS{Mode: answers.TLSOff} })
	_, err = check.Run(t.Context(), Checks, e, check.Options{Only: []string{privileges}}, nil)
	t.Fatalf("the run was not killed: %v", err)
}

// TestScratchTables_killedRun kills a preflight after it created its scratch tables.
func TestScratchTables_killedRun(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	b := &checktest.Between{Word: "ADD COLUMN extra", Target: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port))}
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledRun$")
	command.Env = append(os.Environ(), killedPort+"="+strconv.Itoa(b.Listen(t, "127.0.0.1")))
	killed := make(chan error, 1)
	b.Seen = func() {
		b.Mute.Store(true)
		killed <- command.Process.Kill()
	}
	checktest.Must(t, command.Start())
	select {
	case err := <-killed:
		checktest.Must(t, err)
	case <-time.After(time.Minute):
		t.Fatal("the scratch tables were not created")
	}
	if err := command.Wait(); err == nil {
		t.Error("the process ended before it was killed")
	}
	tables := func() []string { return s.Strings(t, "SHOW TABLES FROM zenml") }
	if len(tables()) != 2 {
		t.Fatalf("tables after the kill: %v", tables())
	}
	checktest.WaitFor(t, "the server closes the connection of the killed process", func() bool {
		return len(s.Strings(t, "SELECT ID FROM information_schema.PROCESSLIST WHERE USER = 'zenml'")) == 0
	})
	report := preflight(t, checktest.WithDatabase(t, s), check.Options{})
	checktest.Expect(t, report, privileges, check.Pass, "scratch table")
	checktest.Expect(t, report, "database.schema", check.Pass, "empty")
	if left := tables(); len(left) != 0 {
		t.Errorf("left behind by the killed run: %v", left)
	}
}

// TestScratchTables_liveRun keeps the tables of a run that still holds its lock, and
// removes old ones.
func TestScratchTables_liveRun(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	e := checktest.WithDatabase(t, s).Begin(t.Context(), check.Options{})
	t.Cleanup(e.End)
	db, err := openDatabase(t.Context(), e)
	checktest.Must(t, err)
	conn, err := db.Conn(t.Context())
	checktest.Must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	lockScratch(t.Context(), conn, "zenml_preflight_live")
	s.Exec(t, "CREATE TABLE zenml.zenml_preflight_live (id INT)", "CREATE TABLE zenml.zenml_preflight_dead (id INT)")
	checktest.Expect(t, preflight(t, checktest.WithDatabase(t, s), check.Options{}), privileges, check.Pass)
	if left := s.Strings(t, "SHOW TABLES FROM zenml"); !slices.Equal(left, []string{"zenml_preflight_live"}) {
		t.Errorf("tables: %v", left)
	}
}
