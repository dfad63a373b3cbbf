package checks

import (
	"context"
	"errors"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

// scratchChecks is a table of checks that ends with the scratch table, whose
// time is short.
func scratchChecks() []Check {
	checks := slices.Clone(databaseChecks)
	for i := range checks {
		if checks[i].ID == "database.privileges" {
			checks[i].Limit = time.Second
		}
	}
	return checks
}

// byWay is the environment of an install whose database is reached by b.
func byWay(t *testing.T, s *testdb.Server, b *between) *Env {
	t.Helper()
	b.target = net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port))
	port := b.listen(t, "127.0.0.1")
	return withDatabase(t, s, func(m *answers.MySQL) { m.Port, m.TLS = port, answers.TLS{Mode: answers.TLSOff} })
}

const privileges = "database.privileges"

// TestScratchTablesOfADatabaseThatStalls has the network swallow everything
// once the tables are made.
func TestScratchTablesOfADatabaseThatStalls(t *testing.T) {
	t.Parallel()
	s := start(t, testdb.Options{})
	for name, interrupted := range map[string]bool{"time is up": false, "interrupted": true} {
		t.Run(name, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			b := &between{word: "ADD COLUMN extra"}
			b.seen = func() {
				b.mute.Store(true)
				if interrupted {
					stop()
				}
			}
			report, err := run(ctx, scratchChecks(), byWay(t, s, b), Options{Only: []string{privileges}}, nil)
			if errors.Is(err, context.Canceled) != interrupted {
				t.Error(err)
			}
			tables := s.Strings(t, "SHOW TABLES FROM zenml")
			if len(tables) != 2 {
				t.Fatalf("the tables were to be stuck: %v", tables)
			}
			status, say := Failed, "no result within 1s"
			if interrupted {
				status, say = Warned, "interrupted"
			}
			result := expect(t, report, privileges, status, say, "left behind", tables[0], tables[1])
			_, drop, _ := strings.Cut("\n"+result.Hint, "\nDROP")
			s.Exec(t, "DROP"+drop)
			if left := s.Strings(t, "SHOW TABLES FROM zenml"); len(left) != 0 {
				t.Errorf("the remedy leaves %v", left)
			}
		})
	}
}

func TestScratchTablesOfAnInterruptedRun(t *testing.T) {
	t.Parallel()
	s := start(t, testdb.Options{})
	ctx, stop := context.WithCancel(t.Context())
	report, err := run(ctx, scratchChecks(), byWay(t, s, &between{word: "ADD COLUMN extra", seen: stop}), Options{Only: []string{privileges}}, nil)
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	expect(t, report, privileges, Skipped, "interrupted")
	if left := s.Strings(t, "SHOW TABLES FROM zenml"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}
