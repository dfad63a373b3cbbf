package cmd

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// place is a folder and an environment of a test's own, in which command
// lines of the installer run.
type place struct {
	t   *testing.T
	dir string
	env map[string]string
}

func newPlace(t *testing.T) *place {
	t.Helper()
	return &place{t: t, dir: t.TempDir(), env: map[string]string{}}
}

// at points the place at the sandbox.
func (p *place) at(c *testcluster.Cluster) *place {
	p.env["KUBECONFIG"] = c.Kubeconfig
	return p
}

// file writes a file and returns its name.
func (p *place) file(name, content string) string {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		p.t.Fatal(err)
	}
	return path
}

// result is what a command line did.
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

// want fails the test when a result is not as wanted; each text must be in
// the output or the stderr.
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

// chartFlags names a stand-in chart in the sandbox's registry. Its image is
// known to the nodes alone: this machine would look for it on the internet.
func chartFlags(c *testcluster.Cluster, generation string) []string {
	chart := c.Charts[generation]
	return []string{"--chart", chart.Ref, "--chart-version", chart.Version, "--skip", "supply.image"}
}

// mysqlFlags are the answers that lead to a database of the test's own.
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

// freePort is a local port that nobody listens on.
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

// newFlags fills the common flags from a command line.
func newFlags(t *testing.T, c *common, args ...string) {
	t.Helper()
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	c.register(flags)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
}
