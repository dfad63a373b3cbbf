package cmd

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// besideAnswers writes answers into a separate folder, with paths of the
// database password and the chart relative to it.
func besideAnswers(t *testing.T, p *place, c *testcluster.Cluster) (dir, answersFile string) {
	t.Helper()
	dir = filepath.Join(p.dir, "sub")
	charts, err := filepath.Abs(filepath.Join("..", "sandbox", "charts"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(charts, filepath.Join(dir, "charts")); err != nil {
		t.Fatal(err)
	}
	p.file("sub/pw", c.Database.Password.Reveal())
	return dir, p.file("sub/answers.yaml", "version: 1\nchart: {ref: charts/current}\n"+
		"database: {type: mysql, mysql: {host: "+c.Database.Host+", port: "+strconv.Itoa(c.Database.Port)+", user: "+c.Database.User+
		", name: "+c.DatabaseName(t)+", password: {file: pw}}}\n")
}

func TestRelativePathsStartAtAnswersFile(t *testing.T) {
	c := testcluster.Start(t)
	p := newPlace(t).at(c)
	dir, file := besideAnswers(t, p, c)
	p.runs("preflight", "-f", file, "-n", c.Namespace(t), "--only", "database.login", "-v").want(t, exitDone,
		"+ passed   database.login")

	p.runs("generate", "-f", file, "--output", filepath.Join(p.dir, "values.yaml")).want(t, exitDone,
		"cat "+filepath.Join(dir, "pw"))
	p.runs("generate", "-f", file, "--format", "manifests", "--output", filepath.Join(p.dir, "manifests")).want(t,
		exitDone)

	// A folder other than that of the answers must not matter.
	t.Chdir(t.TempDir())
	p.runs("generate", "-f", file, "--output", "-").want(t, exitDone)
	t.Chdir(dir)
	r := p.runs("generate", "-f", "answers.yaml", "--output", filepath.Join(p.dir, "values.yaml")).want(t, exitDone,
		"cat "+filepath.Join(dir, "pw"))
	if strings.Contains(r.err, "cat pw") {
		t.Errorf("a printed command works in one folder only:\n%s", r.err)
	}
}

// TestFaultsNameTheirSource finds the fault of --answer in the command line, and that of
// the file in its line.
func TestFaultsNameTheirSource(t *testing.T) {
	p := newPlace(t)
	file := p.file("answers.yaml", "version: 1\ndatabase: {type: sqlite}\nexpose: {type: nodeport}\n")
	r := p.runs("generate", "-f", file, "--answer", "server.replicas=-3").want(t, exitUsage,
		"--answer server.replicas: ", file+":\n", "line 3: expose.type: ")
	if strings.Contains(r.err, "--answer expose") || strings.Index(r.err, "--answer") > strings.Index(r.err, file) {
		t.Errorf("the sources are mixed up:\n%s", r.err)
	}
	r = p.runs("generate", "-f", file, "--answer", "expose.type=nodeport").want(t, exitUsage, "--answer expose.type: ")
	if strings.Contains(r.err, "line 3") || strings.Contains(r.err, file) {
		t.Errorf("the file is blamed for the flag:\n%s", r.err)
	}
}
