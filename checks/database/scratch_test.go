package database

import (
	"context"
	"errors"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

// scratchChecks is the table of checks with a short time limit for the scratch table.
func scratchChecks() []check.Check {
	checks := slices.Clone(Checks)
	for i := range checks {
		if checks[i].ID == "database.privileges" {
			checks[i].Limit = time.Second
		}
	}
	return checks
}

// throughProxy returns an install that connects to its database through b.
func throughProxy(t *testing.T, s *testdb.Server, b *checktest.Between) *check.Env {
	t.Helper()
	b.Target = net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port))
	port := b.Listen(t, "127.0.0.1")
	return checktest.WithDatabase(t, s,
		func(m *answers.MySQL) { m.Port, m.TLS = port, answers.TLS{Mode: answers.TLSOff} })
}

const privileges = "database.privileges"

// TestScratchTables_stalledNetwork drops all packets once the tables are created.
func TestScratchTables_stalledNetwork(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	for name, interrupted := range map[string]bool{"time is up": false, "interrupted": true} {
		t.Run(name, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			b := &checktest.Between{Word: "ADD COLUMN extra"}
			b.Seen = func() {
				b.Mute.Store(true)
				if interrupted {
					stop()
				}
			}
			report, err := check.Run(ctx, scratchChecks(), throughProxy(t, s, b), check.Options{Only: []string{privileges}},
				nil)
			if errors.Is(err, context.Canceled) != interrupted {
				t.Error(err)
			}
			tables := s.Strings(t, "SHOW TABLES FROM zenml")
			if len(tables) != 2 {
				t.Fatalf("the tables were to be stuck: %v", tables)
			}
			status, say := check.Failed, "no result within 1s"
			if interrupted {
				status, say = check.Warned, "interrupted"
			}
			result := checktest.Expect(t, report, privileges, status, say, "left behind", tables[0], tables[1])
			_, drop, _ := strings.Cut("\n"+result.Remedy, "\nDROP")
			s.Exec(t, "DROP"+drop)
			if left := s.Strings(t, "SHOW TABLES FROM zenml"); len(left) != 0 {
				t.Errorf("the remedy leaves %v", left)
			}
		})
	}
}

func TestScratchTables_interruptedRun(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	ctx, stop := context.WithCancel(t.Context())
	report, err := check.Run(ctx, scratchChecks(),
		throughProxy(t, s, &checktest.Between{Word: "ADD COLUMN extra", Seen: stop}),
		check.Options{Only: []string{privileges}}, nil)
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	checktest.Expect(t, report, privileges, check.Skipped, "interrupted")
	if left := s.Strings(t, "SHOW TABLES FROM zenml"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}
