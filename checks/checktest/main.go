package checktest

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/peers"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// Main runs the tests of a group of checks. A full run fails if no test
// observed a check failing, passing or accepting one of its healthy set-ups.
func Main(m *testing.M, table []check.Check) {
	flag.Parse()
	testcluster.Main(covered{m, table})
}

// covered verifies the coverage of the checks after the tests.
type covered struct {
	m     *testing.M
	table []check.Check
}

// Run runs the tests and returns the exit code.
func (c covered) Run() int {
	code := c.m.Run()
	if code != 0 || !isFullRun() {
		return code
	}
	missing := uncovered(c.table)
	switch {
	case len(missing) == 0:
		return 0
	case peers.Missing.Load():
		fmt.Fprintf(os.Stderr, "not covered, because a server that the tests need is missing: %s\n",
			strings.Join(missing, ", "))
		return 0
	}
	fmt.Fprintf(os.Stderr, "no test of this package sees %s: add one that calls checktest.Expect or Accept\n",
		strings.Join(missing, ", "))
	return 1
}

// isFullRun returns true if no flag excludes tests.
func isFullRun() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list"} {
		if flag.Lookup(name).Value.String() != "" {
			return false
		}
	}
	return !testing.Short()
}

// uncovered lists the statuses and healthy set-ups that no test observed.
func uncovered(table []check.Check) []string {
	seen.Lock()
	defer seen.Unlock()
	var missing []string
	for _, c := range table {
		if seen.faults[c.ID] == 0 {
			missing = append(missing, c.ID+" find a fault")
		}
		if seen.passes[c.ID] == 0 {
			missing = append(missing, c.ID+" pass")
		}
		for _, setup := range c.Accepts {
			if !seen.accepted[c.ID+": "+setup] {
				missing = append(missing, c.ID+" accept "+setup)
			}
		}
	}
	return missing
}
