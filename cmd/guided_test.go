package cmd

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

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

// guidePatience is how long the guided install may take to show what a key leads to.
const guidePatience = 30 * time.Second

// guide starts the guided install on screens, with the chart of the stand-in server and
// without a browser. What it keeps is in the folder of the test.
func (p *place) guide(c *testcluster.Cluster, args ...string) *terminal {
	p.t.Helper()
	return startTerminal(p.t, p.dir, 110, 32, p.guideEnv(),
		slices.Concat([]string{"install", "--no-open"}, args, chartFlags(c, "current"))...)
}

// guideEnv is the environment of a guided install. Without motion, a screen that changes
// has taken a key.
func (p *place) guideEnv() []string {
	return []string{"KUBECONFIG=" + p.env["KUBECONFIG"], "XDG_STATE_HOME=" + p.dir, "LC_ALL=C.UTF-8",
		"ZENML_INSTALLER_REDUCED_MOTION=1"}
}

// reachesGuard begins step by step and accepts the target that the flags name.
func (term *terminal) reachesGuard() {
	term.t.Helper()
	term.sees("Step by step", guidePatience)
	term.presses("s")
	term.sees("kubeconfig context", guidePatience)
	term.presses("Enter", "Enter", "Enter")
}

// confirmsCluster begins step by step and confirms the cluster.
func (term *terminal) confirmsCluster() {
	term.t.Helper()
	term.reachesGuard()
	term.sees("Yes, install into", guidePatience) // offered once the cluster is known
	term.presses("Down", "Enter")
	term.sees("Where the server stores pipelines", guidePatience)
}

// reachesReview accepts the defaults of the questions before the review.
func (term *terminal) reachesReview() {
	term.t.Helper()
	for question := 0; question < 40; question++ {
		before := term.screen()
		if strings.Contains(before, "[Plan]") {
			return
		}
		term.presses("Enter")
		term.changes(before, guidePatience)
	}
	term.t.Fatalf("the review was not reached:\n%s", term.screen())
}

// walkThrough confirms the cluster, chooses the suggested database, accepts every other
// default and installs.
func walkThrough(term *terminal) {
	term.t.Helper()
	term.confirmsCluster()
	term.sees("the sandbox's MySQL", guidePatience)
	term.presses("Down", "Down")
	term.sees("› the sandbox's MySQL", guidePatience)
	term.picture("database")
	term.presses("Enter")
	term.reachesReview()
	term.sees("Install into ", guidePatience)
	term.matches(`Checks .* in [0-9.]+s`, guidePatience)
	term.picture("review")
	term.presses("i")
}

// guidedNamespace returns a new namespace, or the default one for screenshots.
func guidedNamespace(t *testing.T, c *testcluster.Cluster) string {
	t.Helper()
	if os.Getenv(picturesDir) != "" {
		return answers.DefaultRelease
	}
	return c.Namespace(t)
}

// guidedCluster returns the cluster. Its current chart has the real server for pictures
// and if every scenario is tested, otherwise the stand-in.
func guidedCluster(t *testing.T) *testcluster.Cluster {
	t.Helper()
	c := testcluster.Start(t)
	if os.Getenv(picturesDir) == "" && os.Getenv("ZENML_TEST_SCENARIOS") != "all" {
		return c
	}
	withReal := *c
	withReal.Charts = map[string]testcluster.Chart{"current": c.RealServer(t, testcluster.RealCurrent)}
	return &withReal
}

// TestGuidedInstall runs from the first screen to the activated server in a
// real terminal, and activates it in a real browser.
func TestGuidedInstall(t *testing.T) {
	c := guidedCluster(t)
	needBrowser(t)
	p, namespace := newPlace(t).at(c), guidedNamespace(t, c)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	seen := filepath.Join(p.dir, "browser.txt")
	term := startTerminal(t, p.dir, 110, 32, append(p.guideEnv(), "BROWSER="+self+" "+asBrowser,
		browserResult+"="+seen, picturesDir+"="+os.Getenv(picturesDir)), append([]string{"install", "-n", namespace, "--suggest", p.suggestion(c)}, chartFlags(c, "current")...)...)

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
	c := guidedCluster(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	r := p.runsWith("s\n\n\n\nwrong\n", append([]string{"--accessible", "-n", namespace}, chartFlags(c, "current")...)...)
	r.want(t, exitUsage, "Please answer yes or no.", "the input ended before this was answered")
	p.runs("status", "-n", namespace).want(t, exitUnexpected, "not installed")
}

// TestGuidedPipe_installs answers every question through a pipe, one answer a line, until
// the server is ready.
func TestGuidedPipe_installs(t *testing.T) {
	t.Parallel()
	c := guidedCluster(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	lines := []string{"step by step", "", "", "", "yes", // into this cluster
		"sqlite", "yes", "2Gi", "", // on a volume
		"", "", // secrets in the database, with a generated key
		"port-forward", "later", "install"}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	args := slices.Concat([]string{"install", "--accessible", "--no-open", "-n", namespace}, chartFlags(c, "current"))
	command := exec.CommandContext(t.Context(), self, args...)
	command.Dir, command.Env = p.dir, append(append(os.Environ(), asInstaller+"=1"), p.guideEnv()...)
	command.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.Contains(string(out), "ready") {
		t.Errorf("the server is not said to be ready:\n%s", out)
	}
	p.privateValues()
	s := p.status(namespace)
	if s.Server.Database != "sqlite" || s.Replicas.Ready != 1 || s.Revision != 1 {
		t.Errorf("got %+v", s)
	}
}

// TestGuidedContexts finds the sandbox's context among 45 by typing a part of its name.
func TestGuidedContexts(t *testing.T) {
	t.Parallel()
	c := guidedCluster(t)
	p := newPlace(t).at(c)
	config, err := clientcmd.LoadFromFile(c.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	own := config.CurrentContext
	config.Clusters["elsewhere"] = &api.Cluster{Server: "https://127.0.0.1:1"}
	for i := range 44 {
		name := fmt.Sprintf("team-%02d", i)
		config.Contexts[name] = &api.Context{Cluster: "elsewhere", AuthInfo: config.Contexts[own].AuthInfo}
	}
	config.CurrentContext = "team-07"
	p.env["KUBECONFIG"] = filepath.Join(p.dir, "kubeconfig")
	if err := clientcmd.WriteToFile(*config, p.env["KUBECONFIG"]); err != nil {
		t.Fatal(err)
	}
	term := p.guide(c, "-n", "never-made-contexts")
	term.sees("Step by step", guidePatience)
	term.presses("s")
	if screen := term.sees("› team-07", guidePatience); strings.Contains(screen, own) {
		t.Errorf("the list is shown whole:\n%s", screen)
	}
	term.types(own[:len(own)-1])
	if screen := term.sees("› "+own, guidePatience); strings.Contains(screen, "team-") {
		t.Errorf("other contexts are shown:\n%s", screen)
	}
	term.presses("Enter", "Enter", "Enter")
	term.sees("Yes, install into "+own, guidePatience)
	term.matches(`Context +`+own+`\s[^✗]*Cluster +Kubernetes `+c.Version, guidePatience)
}
