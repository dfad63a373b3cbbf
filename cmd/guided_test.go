package cmd

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/poll"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// suggestion returns an answers file with the sandbox's MySQL, like the demo's.
func (p *place) suggestion(c *testcluster.Cluster) string {
	return p.file("suggestion.yaml", fmt.Sprintf(`# the sandbox's MySQL
version: 1
database:
  type: mysql
  mysql: {host: "%s", port: %d, name: %s, user: %s, password: {file: "%s"}}
`, c.Database.Host, c.Database.Port, c.DatabaseName(p.t), c.Database.User, p.file("db-password", c.Database.Password.Reveal())))
}

// walkThrough confirms the cluster, chooses the suggested database and accepts
// every other default.
func walkThrough(term *terminal) {
	term.t.Helper()
	const patience = 20 * time.Second
	term.sees("Step by step", patience)
	term.presses("s")
	term.sees("kubeconfig context", patience)
	term.presses("Enter", "Enter", "Enter")
	term.sees("Yes, install into", patience) // offered once the cluster is known
	term.presses("Down", "Enter")
	term.sees("the sandbox's MySQL", patience)
	term.presses("Down", "Down")
	term.sees("› the sandbox's MySQL", patience)
	term.picture("database")
	term.presses("Enter")
	for question := 0; question < 40; question++ {
		before := term.screen()
		if strings.Contains(before, "[Plan]") {
			term.sees("Install into ", patience)
			term.matches(`Checks .* in [0-9.]+s`, patience)
			term.picture("review")
			term.presses("i")
			return
		}
		term.presses("Enter")
		term.changes(before, patience)
	}
	term.t.Fatalf("the review was not reached:\n%s", term.screen())
}

// guidedNamespace returns a new namespace, or the default one for screenshots.
func guidedNamespace(t *testing.T, c *testcluster.Cluster) string {
	t.Helper()
	if os.Getenv(picturesDir) != "" {
		return answers.DefaultRelease
	}
	return c.Namespace(t)
}

// guidedChart returns flags for the chart of the stand-in server, or of the real one for
// screenshots.
func guidedChart(t *testing.T, c *testcluster.Cluster) []string {
	t.Helper()
	if os.Getenv(picturesDir) != "" {
		return c.RealServer(t, testcluster.RealCurrent).Flags()
	}
	return chartFlags(c, "current")
}

// TestGuidedInstall runs from the first screen to the activated server in a
// real terminal, and activates it in a real browser.
func TestGuidedInstall(t *testing.T) {
	c := testcluster.Start(t)
	needBrowser(t)
	p, namespace := newPlace(t), guidedNamespace(t, c)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	seen := filepath.Join(p.dir, "browser.txt")
	term := startTerminal(t, p.dir, 110, 32, []string{
		"KUBECONFIG=" + c.Kubeconfig, "XDG_STATE_HOME=" + p.dir, "LC_ALL=C.UTF-8",
		"ZENML_INSTALLER_REDUCED_MOTION=1", // a screen that changes has taken a key
		"BROWSER=" + self + " " + asBrowser, browserResult + "=" + seen,
		picturesDir + "=" + os.Getenv(picturesDir),
	}, append([]string{"install", "-n", namespace, "--suggest", p.suggestion(c)}, guidedChart(t, c)...)...)

	walkThrough(term)

	const patience = 2 * time.Minute
	term.sees("Deployment zenml-server", patience)
	term.picture("install")
	term.sees("Server ready at http://127.0.0.1:", patience)
	term.sees("The server is activated", patience)
	term.sees("zenml login http://127.0.0.1:", patience)
	term.picture("connect")
	if result := waitForFile(t, seen); !strings.HasPrefix(result, "http://127.0.0.1:") {
		t.Fatalf("the browser did not activate the server: %s", result)
	}
	term.presses("q")
	term.sees("ended with 0", 10*time.Second)
	term.sees("Wrote custom-values.yaml", time.Second)
	term.sees(self+" connect", time.Second)
	p.privateValues()
	p.at(c)
	if s := p.status(namespace).Server; !s.Active || s.Database != "mysql" {
		t.Errorf("got %+v", s)
	}
}

// waitForFile returns the content of a file that another process writes.
func waitForFile(t *testing.T, path string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var content []byte
	err := poll.Until(ctx, 100*time.Millisecond, func() (bool, error) {
		content, _ = os.ReadFile(path)
		return len(content) > 0, nil
	})
	if err != nil {
		t.Fatalf("nobody has written %s: %v", path, err)
	}
	return string(content)
}

// TestGuidedPipe answers the questions through a pipe, one answer a line. It ends where
// the input ends, before anything is installed.
func TestGuidedPipe(t *testing.T) {
	c := testcluster.Start(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	r := p.runsWith("s\n\n\n\nwrong\n", append([]string{"--accessible", "-n", namespace}, chartFlags(c, "current")...)...)
	r.want(t, exitUsage, "Please answer yes or no.", "the input ended before this was answered")
	p.runs("status", "-n", namespace).want(t, exitUnexpected, "not installed")
}
