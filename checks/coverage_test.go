package checks

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/peers"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

var update = flag.Bool("update", false, "write docs/checks anew")

const coveragePage = "../docs/checks/coverage.md"

// coverage is the page that lists the proofs of every check.
func coverage() string {
	var b strings.Builder
	b.WriteString("# Which test proves which check\n\n")
	b.WriteString("Written by the tests themselves (`go test ./checks -update`) from what they saw.\n\n")
	b.WriteString("| id | finds the fault | passes |\n|---|---|---|\n")
	for _, c := range Table {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", c.ID, names(proofs.faults[c.ID]), names(proofs.passes[c.ID]))
	}
	return b.String()
}

func names(tests []string) string {
	slices.Sort(tests)
	for i, test := range tests {
		tests[i] = "`" + test + "`"
	}
	if len(tests) == 0 {
		return "none"
	}
	return strings.Join(tests, "<br>")
}

func TestMain(m *testing.M) {
	flag.Parse()
	testcluster.Main(covered{m})
}

// covered compares the coverage page after a run of all tests.
type covered struct{ m *testing.M }

func (c covered) Run() int {
	code := c.m.Run()
	whole := flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.skip").Value.String() == "" && !testing.Short() && !peers.Missing.Load()
	if code == 0 && whole {
		code = compareCoverage()
	}
	return code
}

// compareCoverage holds the page to what this run saw: it must list every
// proof. It may list more, because some peers are not on every machine.
func compareCoverage() int {
	if *update {
		if err := os.WriteFile(coveragePage, []byte(coverage()), 0o644); err != nil { //nolint:gosec // a public page
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	listed, err := os.ReadFile(coveragePage)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for _, c := range Table {
		row := rowOf(string(listed), c.ID)
		for _, test := range slices.Concat(proofs.faults[c.ID], proofs.passes[c.ID]) {
			if !strings.Contains(row, strings.Trim(test, "`")+"`") {
				fmt.Fprintf(os.Stderr, "%s does not list %s for %s: go test ./checks -update\n", coveragePage, test, c.ID)
				return 1
			}
		}
	}
	return 0
}

func rowOf(page, id string) string {
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "| `"+id+"` |") {
			return line
		}
	}
	return ""
}

func TestEveryCheckIsProvedBothWays(t *testing.T) {
	if *update {
		return // the page is written at the end of this run
	}
	page, err := os.ReadFile(coveragePage)
	must(t, err)
	for _, c := range Table {
		if row := rowOf(string(page), c.ID); row == "" || strings.Contains(row, "| none |") {
			t.Errorf("%s lacks a test that sees its fault, or one that sees it pass: %s", c.ID, row)
		}
	}
}
