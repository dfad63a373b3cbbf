package checks

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/checks/report"
)

var update = flag.Bool("update", false, "write docs/checks again")

const pagesDir = "../docs/checks"

func TestPagesAreThoseOfTheTables(t *testing.T) {
	for name, want := range report.Pages(Table) {
		path := filepath.Join(pagesDir, name)
		if *update {
			checktest.Must(t, os.MkdirAll(pagesDir, 0o755))            //nolint:gosec // public pages
			checktest.Must(t, os.WriteFile(path, []byte(want), 0o644)) //nolint:gosec // public pages
		}
		got, err := os.ReadFile(path) //nolint:gosec // a page of this repository
		if err != nil || string(got) != want {
			t.Errorf("%s is not what the tables say: go test ./checks -update", path)
		}
	}
}

func TestEveryCheckLeadsToItsSection(t *testing.T) {
	pages := report.Pages(Table)
	for _, c := range Table {
		page, anchor, _ := strings.Cut(strings.TrimPrefix(c.Docs(), check.DocsBase), "#")
		if !strings.Contains(pages[page], `<a id="`+anchor+`"></a>`) {
			t.Errorf("%s leads to %s, where there is nothing", c.ID, c.Docs())
		}
	}
}
