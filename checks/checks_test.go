package checks

import (
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/checks/report"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
	"github.com/zenml-installer/zenml-installer/internal/testschema"
)

func TestTable(t *testing.T) {
	place, group := map[string]int{}, ""
	seen := map[string]bool{}
	for i, c := range Table {
		if _, twice := place[c.ID]; twice || strings.Count(c.ID, ".") != 1 {
			t.Errorf("%s is duplicate or not group.name", c.ID)
		}
		if c.Group() != group && seen[c.Group()] {
			t.Errorf("%s is separate from its group", c.ID)
		}
		if c.Claim == "" || c.Failure == "" || c.Failure == c.Claim || c.Reason == "" || len(c.Finds) == 0 ||
			c.Run == nil ||
			c.Severity != check.MustPass && c.Severity != check.ShouldPass {
			t.Errorf("%s is not complete", c.ID)
		}
		place[c.ID], group, seen[c.Group()] = i, c.Group(), true
	}
	for _, c := range Table {
		if reaches(t, c, c.ID, 0) {
			t.Errorf("%s depends on itself", c.ID)
		}
	}
}

// reaches reports whether a check needs id, directly or indirectly.
func reaches(t *testing.T, c check.Check, id string, depth int) bool {
	if depth > len(Table) {
		return true
	}
	for _, need := range c.Needs {
		next, ok := ByID(need)
		if !ok {
			t.Errorf("%s needs %s, which does not exist", c.ID, need)
			continue
		}
		if need == id || reaches(t, next, id, depth+1) {
			return true
		}
	}
	return false
}

// TestWholeRun runs every check of an install into the sandbox with a database
// on this machine, except the two that run inside the cluster.
func TestWholeRun(t *testing.T) {
	c := testcluster.Start(t)
	e := checktest.WithDatabase(t, checktest.StartDatabase(t, testdb.Options{}))
	e.Answers.Cluster.Namespace, e.Cluster = c.Namespace(t), c.Access()
	checktest.WithChart(e, checktest.Chart(t))
	running, most := map[string]bool{}, 0
	report, err := Run(
		t.Context(),
		e,
		check.Options{Skip: []string{"database.in-cluster", "supply.image"}},
		func(event check.Event) {
			running[event.Check.ID] = event.Result == nil
			now := 0
			for _, r := range running {
				if r {
					now++
				}
			}
			most = max(most, now)
		},
	)
	checktest.Must(t, err)
	for _, r := range report.Results {
		t.Logf("%-22s %-5s %5d ms  %s", r.Check.ID, r.Status, r.Duration.Milliseconds(), r.Message)
		if r.Status == check.Failed {
			t.Errorf("%s fails: %s", r.Check.ID, r.Message)
		}
		if r.Status == check.Skipped && r.Message == "" {
			t.Errorf("%s does not say why it was skipped", r.Check.ID)
		}
	}
	t.Logf("%s wall, %s if one by one, %d at once", report.Duration, report.Serial(), most)
	if most < 3 {
		t.Errorf("only %d checks ran at once", most)
	}
	if s := report.Summary(); s.Passed < 25 {
		t.Errorf("%+v", s)
	}
}

// TestSlowAPIServer stalls each kind of request once for ten seconds, as an API server
// does while it fails over or collects garbage. No result may change.
func TestSlowAPIServer(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	run := func(t *testing.T, stalls func(kind string) bool) (check.Report, []string) {
		t.Helper()
		var mu sync.Mutex
		var seen []string
		namespace := c.Namespace(t)
		access := checktest.Proxied(t, c, func(_ http.ResponseWriter, r *http.Request) bool {
			kind := r.Method + " " + strings.ReplaceAll(r.URL.Path, namespace, "N")
			kind = scratchNames.ReplaceAllString(kind, "zenml-preflight-")
			mu.Lock()
			isFirst := !slices.Contains(seen, kind)
			if isFirst {
				seen = append(seen, kind)
			}
			mu.Unlock()
			if isFirst && stalls(kind) {
				time.Sleep(10 * time.Second)
			}
			return false
		})
		d := c.Database
		e := checktest.WithCluster(t, access, namespace, func(a *answers.Answers) {
			a.Database = answers.Database{Type: answers.MySQLDatabase, MySQL: answers.MySQL{
				Host: d.Host, Port: d.Port, Name: c.DatabaseName(t), User: d.User,
				Password: answers.Source{Value: d.Password}, TLS: answers.TLS{Mode: answers.TLSRequire},
			}}
		})
		report, err := Run(t.Context(), e, check.Options{Skip: []string{"supply.image"}}, nil)
		checktest.Must(t, err)
		return report, seen
	}
	fast, kinds := run(t, func(string) bool { return false })
	const rounds = 6
	for round := range rounds {
		t.Run(strconv.Itoa(round), func(t *testing.T) {
			t.Parallel()
			slow, _ := run(t, func(kind string) bool { return slices.Index(kinds, kind)%rounds == round })
			for _, r := range fast.Results {
				now, _ := slow.ByID(r.Check.ID)
				if now.Status != r.Status {
					t.Errorf("%s is %s, not %s: %s\n%s", r.Check.ID, now.Status, r.Status, now.Message, now.Remedy)
				}
			}
			t.Logf("%s instead of %s", slow.Duration, fast.Duration)
		})
	}
	t.Logf("%d kinds of requests: %s", len(kinds), strings.Join(kinds, ", "))
}

// scratchNames matches the random names of the objects that checks create.
var scratchNames = regexp.MustCompile("zenml-preflight-[a-z0-9]+")

var update = flag.Bool("update", false, "update docs/checks")

const pagesDir = "../docs/checks"

func TestPagesMatchTables(t *testing.T) {
	for name, want := range report.Pages(Table) {
		path := filepath.Join(pagesDir, name)
		if *update {
			checktest.Must(t, os.MkdirAll(pagesDir, 0o755))            //nolint:gosec // public pages
			checktest.Must(t, os.WriteFile(path, []byte(want), 0o644)) //nolint:gosec // public pages
		}
		got, err := os.ReadFile(path) //nolint:gosec // a page of this repository
		if err != nil || string(got) != want {
			t.Errorf("%s is outdated: go test ./checks -update", path)
		}
	}
}

func TestDocsLinks(t *testing.T) {
	pages := report.Pages(Table)
	for _, c := range Table {
		page, anchor, _ := strings.Cut(strings.TrimPrefix(c.Docs(), check.DocsBase), "#")
		if !strings.Contains(pages[page], `<a id="`+anchor+`"></a>`) {
			t.Errorf("%s links to %s, which does not exist", c.ID, c.Docs())
		}
	}
}

// Ids of the last release stay: scripts name them.
func TestReleasedIDs(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", testschema.Folder, "released", "checks.txt"))
	checktest.Must(t, err)
	released := strings.Fields(string(data))
	if len(released) == 0 {
		t.Fatal("no ids")
	}
	for _, id := range released {
		if !slices.ContainsFunc(Table, func(c check.Check) bool { return c.ID == id }) {
			t.Errorf("%s was released and is gone", id)
		}
	}
}
