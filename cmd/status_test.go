package cmd

import (
	"encoding/json"
	"flag"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/install/status"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
	"github.com/zenml-installer/zenml-installer/internal/testschema"
)

var update = flag.Bool("update", false, "update docs/schemas")

func TestStatusSchema(t *testing.T) {
	const name = "status.schema.json"
	schema := testschema.Of(t, state{})
	testschema.IsPublished(t, "../"+testschema.Folder+"/"+name, schema, *update)
	testschema.IsCompatible(t, "..", name, schema, testschema.Output)
}

// TestChartSigner shows who signed the chart in the review, and in the status of the
// release.
func TestChartSigner(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	archive, keyring := signedChart(t)
	args := []string{"-f", filepath.Join("..", "assets", "answers", "minimal.yaml"), "-n", namespace, "--skip",
		"supply.image",
		"--output", filepath.Join(p.dir, "values.yaml"), "--chart", archive, "--verify", "--keyring", keyring}
	const signer = "OpenPGP key "
	e := p.guidedEngine(args...)
	plan, err := e.Prepare(t.Context(), e.file.Answers)
	if err != nil {
		t.Fatal(err)
	}
	if said := strings.Join(plan.Review().Sentences, "\n"); !strings.Contains(said, "It is signed with "+signer) {
		t.Errorf("the review does not name the signer:\n%s", said)
	}
	p.runs(append([]string{"install", "--yes"}, args...)...).want(t, exitDone)
	if got := p.status(namespace).ChartSigner; !strings.HasPrefix(got, signer) {
		t.Errorf("chartSigner is %q", got)
	}
	p.runs("status", "-n", namespace).want(t, exitDone, "signature", signer)
}

// TestStatusOfAllNamespaces lists the release of another namespace, as a table and as
// JSON.
func TestStatusOfAllNamespaces(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	p.runs(p.stagedArgs(c, "current", namespace, "--answer", "expose.after=activation")...).want(t, exitDone)
	shown := p.runs("status", "-A").want(t, exitDone, "NAMESPACE", namespace)
	row := regexp.MustCompile(`(?m)^` + namespace + `\s+zenml-server\s.*deployed`)
	if !row.MatchString(shown.out) {
		t.Errorf("no row of %s:\n%s", namespace, shown.out)
	}
	var list status.List
	if err := json.Unmarshal([]byte(p.runs("status", "-A", "-o", "json").want(t, exitDone).out), &list); err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(list.Releases, func(s state) bool { return s.Namespace == namespace })
	if at < 0 || list.Releases[at].Status != "deployed" || list.Releases[at].Server == nil || !list.Releases[at].Closed {
		t.Errorf("the release in the JSON list: %d of %+v", at, list.Releases)
	}
	testImportOfClosed(t, p, namespace)
}

// testImportOfClosed imports what the answers asked for: with what exposes the server, and
// without the key that the installer added.
func testImportOfClosed(t *testing.T, p *place, namespace string) {
	t.Helper()
	r := p.runs("answers", "init", "--from-release", "-n", namespace).want(t, exitDone)
	if !strings.Contains(r.out, "type: node-port") || strings.Contains(r.out, "jwt") {
		t.Errorf("imported from a closed release:\n%s", r.out)
	}
}
