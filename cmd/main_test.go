package cmd

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/adrg/xdg"
	"github.com/spf13/pflag"

	"github.com/zenml-installer/zenml-installer/internal/testcluster"
	"github.com/zenml-installer/zenml-installer/render/chart"
)

// The test binary also runs as the installer, for tests that need it as a
// process, and as the browser that the installer opens.
const (
	asInstaller = "ZENML_TEST_AS_INSTALLER"
	asBrowser   = "activate-in-a-browser"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == asBrowser {
		os.Exit(activateInBrowser(os.Args[2]))
	}
	if os.Getenv(asInstaller) != "" || len(os.Args) == 2 && os.Args[1] == chart.RendererArgument {
		os.Exit(Main(os.Args[1:], System()))
	}
	testcluster.Main(withState{m})
}

// withState runs the tests with a folder of their own for what the installer keeps.
type withState struct{ *testing.M }

func (w withState) Run() int {
	dir, err := os.MkdirTemp("", "state-")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	_ = os.Setenv("XDG_STATE_HOME", dir)
	xdg.Reload()
	return w.M.Run()
}

// place is a folder and an environment in which a test runs command lines.
type place struct {
	t   *testing.T
	dir string
	env map[string]string
}

func newPlace(t *testing.T) *place {
	t.Helper()
	return &place{t: t, dir: t.TempDir(), env: map[string]string{}}
}

// at selects the sandbox cluster.
func (p *place) at(c *testcluster.Cluster) *place {
	p.env["KUBECONFIG"] = c.Kubeconfig
	return p
}

// file writes a file and returns its path.
func (p *place) file(name, content string) string {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		p.t.Fatal(err)
	}
	return path
}

// result is the outcome of a command line.
type result struct {
	code     int
	out, err string
}

// runs runs a command line without a terminal.
func (p *place) runs(args ...string) result {
	p.t.Helper()
	return p.runsWith("", args...)
}

func (p *place) runsWith(input string, args ...string) result {
	p.t.Helper()
	var out, stderr bytes.Buffer
	args = append(args, "--kubeconfig", p.env["KUBECONFIG"])
	code := Main(args, Streams{
		In: strings.NewReader(input), Out: &out, Err: &stderr,
		Getenv: func(name string) (string, bool) { v, ok := p.env[name]; return v, ok },
	})
	return result{code: code, out: out.String(), err: stderr.String()}
}

// want fails the test unless the exit code matches and the output or stderr
// contains each text.
func (r result) want(t *testing.T, code int, texts ...string) result {
	t.Helper()
	if r.code != code {
		t.Fatalf("exit code %d, want %d\n--- out\n%s\n--- err\n%s", r.code, code, r.out, r.err)
	}
	for _, text := range texts {
		if !strings.Contains(r.out+r.err, text) {
			t.Errorf("missing %q in\n--- out\n%s\n--- err\n%s", text, r.out, r.err)
		}
	}
	return r
}

// chartFlags selects a chart in the sandbox's registry. Only the nodes
// have its image; this machine would look for it on the internet.
func chartFlags(c *testcluster.Cluster, generation string) []string {
	chart := c.Charts[generation]
	if !strings.HasPrefix(chart.Image, "zenmldocker/zenml-server:") { // of the real server
		return chart.Flags()
	}
	return []string{"--chart", chart.Ref, "--chart-version", chart.Version, "--skip", "supply.image"}
}

// mysqlFlags returns answers for a database of this test.
func (p *place) mysqlFlags(c *testcluster.Cluster) []string {
	p.t.Helper()
	return []string{
		"--answer", "database.mysql.host=" + c.Database.Host,
		"--answer", "database.mysql.port=" + strconv.Itoa(c.Database.Port),
		"--answer", "database.mysql.user=" + c.Database.User,
		"--answer", "database.mysql.name=" + c.DatabaseName(p.t),
		"--answer", "database.mysql.password=file:" + p.file("db-password", c.Database.Password.Reveal()),
	}
}

// freePort returns a local port that is not in use.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// newFlags parses the common flags from a command line.
func newFlags(t *testing.T, c *common, args ...string) {
	t.Helper()
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	c.register(flags)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
}
