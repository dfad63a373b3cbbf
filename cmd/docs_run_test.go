package cmd

import (
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	ociregistry "github.com/google/go-containerregistry/pkg/registry"
	"go.yaml.in/yaml/v3"
	helmloader "helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/registry"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

// TestDocumentedAnswers validates every YAML block: complete answers files, and
// parts of them.
func TestDocumentedAnswers(t *testing.T) {
	files, parts, others := 0, 0, 0
	for _, p := range readDocs(t) {
		for _, b := range p.blocks {
			if b.language != "yaml" {
				continue
			}
			var root map[string]any
			if err := yaml.Unmarshal([]byte(b.text), &root); err != nil {
				t.Errorf("%s:%d: %v", b.page, b.line, err)
				continue
			}
			text := b.text
			switch {
			case isAnswers(b):
				files++
			case isPartOfAnswers(root):
				parts++
				text = completed(root) + text
			default: // of another tool
				others++
				continue
			}
			if _, err := answers.Parse(b.page, []byte(text)); err != nil {
				t.Errorf("%s:%d: %v", b.page, b.line, err)
			}
		}
	}
	t.Logf("%d answers files, %d parts of answers files, %d files of other tools", files, parts, others)
	if files < 15 || parts < 1 || others < 3 {
		t.Error("the documentation lost its examples")
	}
}

func isPartOfAnswers(root map[string]any) bool {
	for key := range root {
		if !slices.ContainsFunc(answers.Fields, func(f answers.Field) bool {
			return f.Key == key || strings.HasPrefix(f.Key, key+".")
		}) {
			return false
		}
	}
	return true
}

// completed returns what a part lacks to be an answers file.
func completed(root map[string]any) string {
	text := "version: 1\n"
	if _, has := root["database"]; !has {
		text += "database: {type: sqlite}\n"
	}
	return text
}

// TestDocumentedCommands parses every command line in the documentation with the
// real commands.
func TestDocumentedCommands(t *testing.T) {
	found := commandLines(t, readDocs(t))
	for _, c := range found {
		command, flags, err := newRoot(Streams{}).Find(c.args)
		if err != nil {
			t.Errorf("%s: %v", c.where, err)
			continue
		}
		if err := command.ParseFlags(flags); err != nil {
			t.Errorf("%s: %v", c.where, err)
			continue
		}
		if err := command.ValidateArgs(command.Flags().Args()); err != nil {
			t.Errorf("%s: %v", c.where, err)
		}
	}
	t.Logf("%d command lines", len(found))
	if len(found) < 60 {
		t.Error("the documentation lost its commands")
	}
}

// TestDocumentedCommandsRun runs what needs no cluster, with a stand-in chart in
// a registry.
func TestDocumentedCommandsRun(t *testing.T) {
	chart := serveChart(t)
	seen := map[string]bool{}
	for _, c := range commandLines(t, readDocs(t)) {
		id := strings.Join(c.args, " ") + "\n" + c.answers
		if !needsNoCluster(c.args) || seen[id] {
			continue
		}
		seen[id] = true
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			p := nowhere(t)
			p.prepareFor(c)
			args := slices.Clone(c.args)
			if args[0] == "generate" || args[0] == "preflight" || slices.Contains(args, "--from") {
				args = append(args, "--chart", chart, "--chart-version", "", "--plain-http")
			}
			t.Chdir(p.dir)
			p.runs(args...).want(t, exitDone)
		})
	}
	t.Logf("%d command lines run", len(seen))
}

// needsNoCluster reports whether a command line works without a cluster.
func needsNoCluster(args []string) bool {
	if slices.Contains(args, "--bundle") { // it also needs the image: see TestBundleInstall
		return false
	}
	if len(args) == 0 || slices.Contains(args, "--from-release") || strings.Contains(strings.Join(args, " "), "KEY") {
		return false
	}
	prints := slices.Contains(args, "-")
	emits := slices.Contains(args, "--emit-policy") || slices.Contains(args, "--emit-rbac")
	return slices.Contains([]string{"generate", "answers", "version", "completion", "options"}, args[0]) ||
		args[0] == "preflight" && emits && prints
}

var fileSource = regexp.MustCompile(`\{file: ([^}]+)\}`)
var envSource = regexp.MustCompile(`\{env: ([^}]+)\}`)

// prepareFor writes the files and sets the variables that a command line reads.
func (p *place) prepareFor(c commandLine) {
	p.t.Helper()
	p.file("answers.yaml", c.answers)
	for _, match := range fileSource.FindAllStringSubmatch(c.answers, -1) {
		p.file(match[1], exampleContent(p.t, match[1]))
	}
	for _, match := range envSource.FindAllStringSubmatch(c.answers, -1) {
		p.env[match[1]] = "Example-0"
	}
	p.file("custom-values.yaml", "server:\n  replicaCount: 1\n")
	if c.args[0] == "generate" && !slices.Contains(c.args, "--output") {
		_ = os.Remove(filepath.Join(p.dir, "custom-values.yaml")) // it is written
	}
	if slices.Contains(c.args, "init") {
		_ = os.Remove(filepath.Join(p.dir, "answers.yaml"))
	}
}

// exampleContent returns what a documented file could contain.
func exampleContent(t *testing.T, name string) string {
	t.Helper()
	if strings.HasSuffix(name, ".json") {
		return `{"type": "service_account", "project_id": "my-project"}`
	}
	if strings.HasSuffix(name, ".pem") {
		return string(testdb.NewAuthority(t).PEM)
	}
	return "example"
}

// serveChart serves the current stand-in chart in a registry and returns its
// reference.
func serveChart(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(ociregistry.New(ociregistry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(server.Close)
	archive, version := archiveChart(t)
	data, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	client, err := registry.NewClient(registry.ClientOptPlainHTTP())
	if err != nil {
		t.Fatal(err)
	}
	host := strings.TrimPrefix(server.URL, "http://")
	if _, err := client.Push(data, host+"/charts/zenml:"+version); err != nil {
		t.Fatal(err)
	}
	return "oci://" + host + "/charts/zenml"
}

// archiveChart writes the current stand-in chart as an archive.
func archiveChart(t *testing.T) (path, version string) {
	t.Helper()
	chart, err := helmloader.LoadDir("../sandbox/charts/current")
	if err != nil {
		t.Fatal(err)
	}
	path, err = chartutil.Save(chart, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return path, chart.Metadata.Version
}

var link = regexp.MustCompile(`\]\(([^)#:\s]*)(#[^)\s]*)?\)`)

// TestDocumentedLinks follows the relative links of the documentation, to files
// and to headings.
func TestDocumentedLinks(t *testing.T) {
	count := 0
	for _, p := range readDocs(t) {
		for _, match := range link.FindAllStringSubmatch(p.text, -1) {
			target := p.path
			if match[1] != "" {
				target = filepath.Join(filepath.Dir(p.path), match[1])
			}
			count++
			data, err := os.ReadFile(target)
			if info, statErr := os.Stat(target); statErr == nil && info.IsDir() {
				continue
			}
			if err != nil {
				t.Errorf("%s links to %s: %v", p.path, match[1], err)
				continue
			}
			if match[2] != "" && !hasAnchor(string(data), match[2][1:]) {
				t.Errorf("%s links to %s%s, which has no such heading", p.path, match[1], match[2])
			}
		}
	}
	t.Logf("%d links", count)
}

var notInAnchor = regexp.MustCompile("[^a-z0-9 _-]")

// hasAnchor reports whether a page has a heading with an anchor as GitHub makes
// it, or an anchor of its own.
func hasAnchor(text, anchor string) bool {
	for line := range strings.Lines(text) {
		heading, is := strings.CutPrefix(strings.TrimLeft(line, "#"), " ")
		name := notInAnchor.ReplaceAllString(strings.ToLower(strings.TrimSpace(heading)), "")
		if is && strings.HasPrefix(line, "#") && strings.ReplaceAll(name, " ", "-") == anchor {
			return true
		}
	}
	return strings.Contains(text, `<a id="`+anchor+`">`)
}
