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

// Main runs the tests of a group of checks. A whole run fails when a check of
// the table was never seen to find a fault, or never seen to pass.
func Main(m *testing.M, table []check.Check) {
	flag.Parse()
	testcluster.Main(covered{m, table})
}

// covered judges the coverage of the checks after the tests.
type covered struct {
	m     *testing.M
	table []check.Check
}

// Run runs the tests and returns the exit code.
func (c covered) Run() int {
	code := c.m.Run()
	if code != 0 || !whole() {
		return code
	}
	missing := unproved(c.table)
	switch {
	case len(missing) == 0:
		return 0
	case peers.Missing.Load():
		fmt.Fprintf(os.Stderr, "a server that tests need is missing here, so these were not seen: %s\n", strings.Join(missing, ", "))
		return 0
	}
	fmt.Fprintf(os.Stderr, "no test of this package sees %s: add one that calls checktest.Expect\n", strings.Join(missing, ", "))
	return 1
}

// whole returns true if no test was left out by a flag.
func whole() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list"} {
		if flag.Lookup(name).Value.String() != "" {
			return false
		}
	}
	return !testing.Short()
}

// unproved names what no test has seen of the checks of a table.
func unproved(table []check.Check) []string {
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
	}
	return missing
}
