package checks

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const pagesDir = "../docs/checks"

func TestPagesAreThoseOfTheTables(t *testing.T) {
	for name, want := range Pages() {
		path := filepath.Join(pagesDir, name)
		if *update {
			must(t, os.MkdirAll(pagesDir, 0o755))            //nolint:gosec // public pages
			must(t, os.WriteFile(path, []byte(want), 0o644)) //nolint:gosec // public pages
		}
		got, err := os.ReadFile(path) //nolint:gosec // a page of this repository
		if err != nil || string(got) != want {
			t.Errorf("%s is not what the tables say: go test ./checks -update", path)
		}
	}
}

func TestEveryCheckLeadsToItsSection(t *testing.T) {
	pages := Pages()
	for _, c := range Table {
		page, anchor, _ := strings.Cut(strings.TrimPrefix(c.Docs(), DocsBase), "#")
		if !strings.Contains(pages[page], `<a id="`+anchor+`"></a>`) {
			t.Errorf("%s leads to %s, where there is nothing", c.ID, c.Docs())
		}
	}
}
