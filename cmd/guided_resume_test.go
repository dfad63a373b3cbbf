package cmd

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestGuidedKilled continues an install that was killed, with every answer but the
// secret, which is on no disk.
func TestGuidedKilled(t *testing.T) {
	t.Parallel()
	c := guidedCluster(t)
	p, namespace, database := newPlace(t).at(c), c.Namespace(t), c.DatabaseName(t)
	const password = "k1lled-c4nary"
	term := p.guide(c, "-n", namespace)
	term.confirmsCluster()
	term.pastesDatabase(mysqlURL(c, database, password))
	term.answersTLS("require", "End", "Up", "Up")
	term.presses("Enter") // the name of the database
	term.sees("Where the server stores its users' secrets", guidePatience)
	term.presses("Enter")
	term.sees("32 random bytes", guidePatience)
	term.isKilled()
	p.hasNoFileWith(password)

	term = p.guide(c)
	term.sees("Continue your unfinished install?", guidePatience)
	term.sees("in namespace "+namespace, guidePatience)
	term.presses("Enter")
	term.sees("The password of the MySQL user", guidePatience)
	for _, answer := range []string{`✓ Host +` + regexp.QuoteMeta(c.Database.Host), `✓ Port +3306`,
		`✓ User +` + c.Database.User, `· TLS +require`, `· Database name +` + database} {
		term.matches(answer, guidePatience)
	}
	term.hides = password
	term.types(password)
	term.presses("Enter")
	term.sees("Where the server stores its users' secrets", guidePatience)
	term.asksAgainFor(namespace)
}

// asksAgainFor goes to the review, which asks to confirm the target first.
func (term *terminal) asksAgainFor(namespace string) {
	term.t.Helper()
	term.presses("6")
	term.sees("Is this the right cluster?", guidePatience)
	term.matches(`Namespace +`+namespace+`, exists`, guidePatience)
}

// hasNoFileWith fails the test if a file in its folder contains text.
func (p *place) hasNoFileWith(text string) {
	p.t.Helper()
	files := 0
	err := filepath.WalkDir(p.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		files++
		content, err := os.ReadFile(path) //nolint:gosec // of the test
		if strings.Contains(string(content), text) {
			p.t.Errorf("%s contains %q", path, text)
		}
		return err
	})
	if err != nil || files == 0 {
		p.t.Fatalf("%d files were read: %v", files, err)
	}
}

// TestGuidedTwice runs two guided installs at once. Each keeps its own answers, and both
// can be continued.
func TestGuidedTwice(t *testing.T) {
	t.Parallel()
	c := guidedCluster(t)
	p, one, other := newPlace(t).at(c), c.Namespace(t), c.Namespace(t)
	first, second := p.guide(c, "-n", one), p.guide(c, "-n", other)
	first.confirmsCluster()
	second.confirmsCluster()
	first.presses("Home", "Enter")
	second.pastesDatabase(mysqlURL(c, c.DatabaseName(t), "tw1ce-c4nary"))
	first.sees("Stores the SQLite file on a persistent volume", guidePatience)
	first.presses("Home", "Enter")
	first.sees("The size of the volume", guidePatience)
	first.types("3Gi")
	first.presses("Enter")
	first.sees("The StorageClass of the volume", guidePatience)
	second.answersTLS("require", "End", "Up", "Up")
	for _, term := range []*terminal{first, second} {
		term.presses("C-c")
		term.sees("ended with 130", guidePatience)
	}

	term := p.guide(c)
	screen := term.sees("Continue an unfinished install?", guidePatience)
	offers := regexp.MustCompile(`\((\d)\)[^(]*?in namespace (\S+) of \S+: +(\S+)`).FindAllStringSubmatch(screen, -1)
	found, number := map[string]string{}, map[string]string{}
	for _, offer := range offers {
		found[offer[2]], number[offer[2]] = offer[3], offer[1]
	}
	if len(offers) != 2 || found[one] != "SQLite" || found[other] != "MySQL" {
		t.Fatalf("got %q on\n%s", offers, screen)
	}
	term.presses(number[one])
	term.matches(`(?s)› SQLite.*Volume size +3Gi`, guidePatience)
	term.asksAgainFor(one)
}
