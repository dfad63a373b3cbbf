package cmd

import (
	"fmt"
	neturl "net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/testcluster"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

// mysqlURL returns the URL of a database of this test.
func mysqlURL(c *testcluster.Cluster, database, password string) string {
	return (&neturl.URL{Scheme: "mysql", User: neturl.UserPassword(c.Database.User, password),
		Host: fmt.Sprintf("%s:%d", c.Database.Host, c.Database.Port), Path: "/" + database}).String()
}

// pastesDatabase chooses MySQL and pastes its URL, up to the question about TLS.
func (term *terminal) pastesDatabase(url string) {
	term.t.Helper()
	term.sees("Your own MySQL 8 server", guidePatience)
	term.presses("Down", "Enter")
	term.sees("Or paste a URL", guidePatience)
	term.pastes(url)
	term.sees("Taken from the URL", guidePatience)
	for _, answer := range []string{`Port +\d`, `User +\w`, `Password +•`, `Database name +test_`} {
		term.matches(answer, guidePatience)
	}
	term.presses("Enter")
	term.sees("How the connection to the database is encrypted", guidePatience)
}

// answersTLS chooses a mode of TLS by the keys that go to it in the list.
func (term *terminal) answersTLS(mode string, keys ...string) {
	term.t.Helper()
	term.presses(keys...)
	term.sees("› "+mode, guidePatience)
	term.presses("Enter")
	term.matches(`✓ TLS +`+mode, guidePatience)
}

// passesChecks waits until the checks of the review have ended without a failure, and
// the plan is ready.
func (term *terminal) passesChecks() {
	term.t.Helper()
	term.sees("[Plan]", guidePatience)
	screen := term.matches(`Checks .* in [0-9.]+s`, time.Minute)
	if strings.Contains(screen, "failed") {
		term.t.Fatalf("checks have failed:\n%s", screen)
	}
	term.matches(`Install into |Upgrade \S+ in `, time.Minute)
}

// pagesTo turns the pages of a long text until it matches a regular expression.
func (term *terminal) pagesTo(pattern string) {
	term.t.Helper()
	for wanted := regexp.MustCompile(pattern); ; {
		before := term.screen()
		if wanted.MatchString(before) {
			return
		}
		if !strings.Contains(before, "more lines") {
			term.t.Fatalf("%q is on no page, the last one is:\n%s", pattern, before)
		}
		term.presses("PageDown")
		term.changes(before, guidePatience)
	}
}

// getsReady waits for the server and leaves the guided install.
func (term *terminal) getsReady() {
	term.t.Helper()
	term.sees("Server ready at http://127.0.0.1:", 3*time.Minute)
	term.presses("q")
	term.sees("ended with 0", guidePatience)
}

// TestGuidedFix goes from a failed check in the review to the password that it is about,
// and installs with the right one.
func TestGuidedFix(t *testing.T) {
	t.Parallel()
	c := guidedCluster(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	term := p.guide(c, "-n", namespace)
	term.confirmsCluster()
	term.pastesDatabase(mysqlURL(c, c.DatabaseName(t), "wr0ng-c4nary"))
	term.answersTLS("require", "End", "Up", "Up")
	term.reachesReview()
	term.matches(`Checks .*2 failed.* in [0-9.]+s`, time.Minute)
	term.sees("database.login: the user cannot log in", guidePatience)
	term.presses("e")
	term.sees("› keep the one you typed", guidePatience)
	term.hides = c.Database.Password.Reveal()
	term.types(term.hides)
	term.matches(`› \*+`, guidePatience)
	term.presses("Enter")
	term.passesChecks()
	term.presses("i")
	term.getsReady()
	if s := p.status(namespace); s.Server.Database != "mysql" || s.Revision != 1 {
		t.Errorf("got %+v", s)
	}
}

// TestGuidedFix_besideQuestions goes to the password while a question of the next step is
// open, and back to that question.
func TestGuidedFix_besideQuestions(t *testing.T) {
	t.Parallel()
	c := guidedCluster(t)
	p := newPlace(t).at(c)
	term := p.guide(c, "-n", c.Namespace(t))
	term.confirmsCluster()
	term.pastesDatabase(mysqlURL(c, c.DatabaseName(t), "wr0ng-c4nary"))
	term.answersTLS("require", "End", "Up", "Up")
	term.presses("Enter") // the name of the database
	term.sees("Where the server stores its users' secrets", guidePatience)
	term.presses("Enter")
	const open = "32 random bytes"
	term.sees(open, guidePatience)
	term.matches(`✗ database.login: .*ctrl\+g goes there`, guidePatience)
	term.presses("C-g")
	term.sees("› keep the one you typed", guidePatience)
	term.hides = c.Database.Password.Reveal()
	term.types(term.hides)
	term.presses("Enter")
	term.sees(open, guidePatience)
	term.matches(`Checks +✓ \d+ passed +– \d+ skipped *\n`, guidePatience)
}

// TestGuidedFix_byKey makes the change that the review offers for a warning.
func TestGuidedFix_byKey(t *testing.T) {
	t.Parallel()
	c := guidedCluster(t)
	p := newPlace(t).at(c)
	term := p.guide(c, "-n", c.Namespace(t))
	term.confirmsCluster()
	term.presses("Home", "Enter")
	term.sees("Stores the SQLite file on a persistent volume", guidePatience)
	term.presses("End", "Enter")
	term.reachesReview()
	term.matches(`Checks .* 1 warning .* in [0-9.]+s`, guidePatience)
	term.sees("Keep the database on a volume (f)", guidePatience)
	term.presses("f")
	term.sees("create  PersistentVolumeClaim zenml-server-config", guidePatience)
	term.matches(`Checks +✓ \d+ passed +– \d+ skipped +in`, guidePatience)
}

// TestGuidedPaste pastes the URL of a database and the certificate of its CA. With the CA
// of another server the verification fails.
func TestGuidedPaste(t *testing.T) {
	t.Parallel()
	c := guidedCluster(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	term := p.guide(c, "-n", namespace)
	term.hides = c.Database.Password.Reveal()
	term.confirmsCluster()
	term.pastesDatabase(mysqlURL(c, c.DatabaseName(t), term.hides))
	term.answersTLS("verify-full", "End")
	term.pastes(string(testdb.NewAuthority(t).PEM))
	term.matches(`› \*{40}`, guidePatience)
	term.presses("Enter")
	term.matches(`✓ CA certificate +pasted`, guidePatience)
	term.reachesReview()
	term.sees("database.tls: ", time.Minute)
	term.matches(`Checks .* failed.* in [0-9.]+s`, time.Minute)
	term.presses("e")
	term.sees("The certificate of the CA that signed", guidePatience)
	ca := readFile(t, c.Database.CAFile)
	term.pastes(ca)
	term.presses("Enter")
	term.passesChecks()
	term.presses("w")
	term.sees("Quit, keep custom-values.yaml", guidePatience)
	term.presses("q")
	term.sees("Nothing was installed", guidePatience)
	values := readFile(t, filepath.Join(p.dir, "custom-values.yaml"))
	if !strings.Contains(values, strings.Split(ca, "\n")[1]) || strings.Contains(values, term.hides) {
		t.Errorf("the values need the CA, and no password:\n%s", values)
	}
	p.runs("status", "-n", namespace).want(t, exitUnexpected, "not installed")
}

// TestGuidedUpgrade starts from the settings of a release of the legacy chart, changes one
// and upgrades the release.
func TestGuidedUpgrade(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	before, namespace := newPlace(t).at(c), c.Namespace(t)
	before.env["ZENML_ADMIN_PASSWORD"] = adminPassword
	before.install(c, "legacy", "mysql.yaml", namespace,
		append(before.mysqlFlags(c), "--answer", "database.mysql.pool.size=7")...).want(t, exitDone)
	p := newPlace(t).at(c)
	term := p.guide(c, "-n", namespace)
	term.reachesGuard()
	term.sees("Yes, upgrade zenml-server with the release's settings", guidePatience)
	term.presses("Down", "Enter")
	term.passesChecks()
	term.presses("5")
	term.sees("Continue to the review", guidePatience)
	term.types("replicas")
	term.sees("› Pods: Replicas", guidePatience)
	term.presses("Enter")
	term.sees("The number of server pods", guidePatience)
	term.types("2")
	term.presses("Enter")
	term.passesChecks() // the change leads back to the review
	term.presses("Tab", "Tab", "Tab")
	term.sees("[Changes]", guidePatience)
	term.pagesTo(`\+ +replicas: 2\b`)
	term.presses("u")
	term.sees("The upgrade changes these values", guidePatience)
	term.presses("y")
	term.getsReady()
	s := p.status(namespace)
	if s.Revision != 2 || s.Replicas.Ready != 2 || !s.Server.Active || s.Server.Version != c.Charts["current"].Version {
		t.Errorf("got %+v", s)
	}
	values := readFile(t, filepath.Join(p.dir, "custom-values.yaml"))
	for _, want := range []string{`poolSize: 7`, `replicaCount: 2`} {
		if !slices.Contains(regexp.MustCompile(`[^\n ].*`).FindAllString(values, -1), want) {
			t.Errorf("%s is not among the values:\n%s", want, values)
		}
	}
}

// opensRelease waits for the releases in the namespace of the test, and opens the first.
func (term *terminal) opensRelease() {
	term.t.Helper()
	term.sees("Upgrade or repair zenml-server", guidePatience)
	term.presses("u")
	term.sees("What do you want to do with zenml-server?", guidePatience)
}

// TestGuidedRelease shows the status of a release that the start has found, repairs it and
// uninstalls it.
func TestGuidedRelease(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	before, namespace := newPlace(t).at(c), c.Namespace(t)
	before.install(c, "current", "minimal.yaml", namespace).want(t, exitDone)
	p := newPlace(t).at(c)

	term := p.guide(c, "-n", namespace)
	term.opensRelease()
	term.presses("s")
	term.sees("Running ", guidePatience)
	term.sees("deployed", guidePatience)
	term.sees("ended with 0", guidePatience)

	term = p.guide(c, "-n", namespace)
	term.opensRelease()
	term.presses("r")
	term.sees("› Yes, repair zenml-server", guidePatience)
	term.presses("Enter")
	term.passesChecks()
	term.presses("u")
	term.getsReady()
	if s := p.status(namespace); s.Revision != 2 || s.Replicas.Ready != 1 {
		t.Errorf("got %+v", s)
	}

	term = p.guide(c, "-n", namespace)
	term.opensRelease()
	term.presses("x")
	term.sees("Continue?", guidePatience)
	term.types("y")
	term.presses("Enter")
	term.sees("Removed release zenml-server", guidePatience)
	p.runs("status", "-n", namespace).want(t, exitUnexpected, "not installed")
}
