package cmd

import (
	"archive/tar"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/adrg/xdg"

	"github.com/zenml-installer/zenml-installer/install/evidence"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// TestDiagnoseShowsNoSecret plants a canary in every kind of secret and in the log
// of the server, and finds none of them in what the installer writes.
func TestDiagnoseShowsNoSecret(t *testing.T) {
	c := testcluster.Start(t)
	for _, generation := range []string{"current", "legacy"} { // by Secret and inline
		t.Run(generation, func(t *testing.T) { testDiagnoseShowsNoSecret(t, c, generation) })
	}
}

// secretAnswers asks for every kind of secret.
const secretAnswers = `version: 1
database:
  type: mysql
  mysql: {user: zenml, password: {file: db-password}}
secretsStore:
  sql: {encryptionKey: {env: CANARY_ENCRYPTION}}
backupSecretsStore:
  type: aws
  aws: {authMethod: secret-key, region: eu-central-1, accessKeyID: {env: CANARY_ID},
    secretAccessKey: {env: CANARY_STORE}}
server:
  auth: {jwtSecretKey: {env: CANARY_JWT}}
  environment: {PLAIN_PASSWORD: plain-c4nary-Zq81, HARMLESS: kept-visible}
admin: {activate: auto, username: admin, password: {env: CANARY_ADMIN}}
`

func testDiagnoseShowsNoSecret(t *testing.T, c *testcluster.Cluster, generation string) {
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	canaries := map[string]string{
		"CANARY_ENCRYPTION": strings.Repeat("c4a1", 16), "CANARY_ID": "AKIAC4NARYC4NARY0001",
		"CANARY_STORE": "store/c4nary+Zq81XyZq81XyZq81XyZq81Xy123",
		"CANARY_JWT":   "jwt-c4nary-\"Zq81-" + strings.Repeat("x", 32),
		"CANARY_ADMIN": "Admin-c4nary-Zq81!", "CANARY_ENVIRONMENT": "environment-c4nary-Zq81",
	}
	hidden := []string{c.Database.Password.Reveal(), "plain-c4nary-Zq81"}
	content := secretAnswers
	if generation == "current" {
		content = strings.Replace(content, "  environment:",
			"  secretEnvironment: {MY_TOKEN: {env: CANARY_ENVIRONMENT}}\n  environment:", 1)
	} else {
		delete(canaries, "CANARY_ENVIRONMENT")
	}
	for name, value := range canaries {
		p.env[name] = value
		hidden = append(hidden, value)
	}
	flags := slices.Concat([]string{"-f", p.file("answers.yaml", content), "-n", namespace},
		p.mysqlFlags(c), chartFlags(c, generation))
	checks := []string{"cluster.admission", "database", "secrets"}
	install := slices.Concat(flags, []string{"--output", filepath.Join(p.dir, "values.yaml"), "--skip",
		strings.Join(checks, ",")})
	seen := watchArguments(t, hidden)
	p.runs(append([]string{"install", "--yes"}, install...)...).want(t, exitDone)
	logged := logCanaries(t, c, namespace, hidden)

	archive := filepath.Join(p.dir, "evidence.tar.gz")
	r := p.runs(slices.Concat([]string{"diagnose", "--output", archive}, diagnoseFlags(flags))...).
		want(t, exitDone, "Wrote "+archive)
	whole := p.runs(append([]string{"diagnose", "-o", "json"}, diagnoseFlags(flags)...)...).
		want(t, exitDone, "kept-visible")
	if line := seen(); line != "" {
		t.Errorf("a secret was on a command line: %s", line)
	}
	shown := map[string]string{"stderr": r.err, "JSON": whole.out + whole.err}
	for name, content := range unpackArchive(t, archive) {
		shown["archive/"+name] = content
		t.Logf("EVIDENCE %s %s, %d bytes", generation, name, len(content))
	}
	collect(t, xdg.StateHome, shown)
	for name, text := range shown {
		for _, canary := range hidden {
			if form := canaryIn(text, canary); form != "" {
				t.Errorf("%s contains %s", name, form)
			}
		}
	}
	if logs := logOf(shown); !strings.Contains(logs, "/masked-") || logged == 0 {
		t.Errorf("the log does not contain the requests that were made:\n%s", logs)
	}
	p.runs(slices.Concat([]string{"diagnose", "--output", archive}, diagnoseFlags(flags))...).
		want(t, exitUsage, "already exists")
}

// diagnoseFlags removes what only an install takes.
func diagnoseFlags(install []string) []string {
	var flags []string
	for i := 0; i < len(install); i++ {
		if install[i] == "--skip" {
			i++
			continue
		}
		flags = append(flags, install[i])
	}
	return flags
}

// logCanaries makes the server log the canaries, as parts of paths.
func logCanaries(t *testing.T, c *testcluster.Cluster, namespace string, canaries []string) (logged int) {
	t.Helper()
	base := c.Forward(t, namespace, c.ServerPod(t, namespace))
	for _, canary := range canaries {
		response, err := http.Get(base + "/masked-" + url.PathEscape(canary))
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		logged++
	}
	return logged
}

// canaryIn returns the form in which a text contains a canary, or "".
func canaryIn(text, canary string) string {
	for _, form := range []string{canary, base64.StdEncoding.EncodeToString([]byte(canary)), url.QueryEscape(canary),
		url.PathEscape(canary)} {
		if strings.Contains(text, form) {
			return form
		}
	}
	return ""
}

func logOf(files map[string]string) string {
	var all string
	for name, content := range files {
		if strings.HasSuffix(name, ".log") {
			all += content
		}
	}
	return all
}

// unpackArchive returns the files of an archive without their folder. Only its
// owner can read it.
func unpackArchive(t *testing.T, path string) map[string]string {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info, err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	zip, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for archive := tar.NewReader(zip); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		_, name, _ := strings.Cut(header.Name, "/")
		files[name] = string(content)
	}
}

// TestWriteEvidenceTwice keeps the archive of a run in the same second.
func TestWriteEvidenceTwice(t *testing.T) {
	t.Chdir(t.TempDir())
	found := evidence.Evidence{Summary: evidence.Summary{Release: "zen", Created: time.Unix(0, 0).UTC()}}
	const name = "zenml-diagnose-zen-19700101-000000"
	for _, want := range []string{name + ".tar.gz", name + "-2.tar.gz", name + "-3.tar.gz"} {
		if got, err := writeEvidence(t.Context(), "", found, false); got != want || err != nil {
			t.Errorf("wrote %s, %v; want %s", got, err, want)
		}
		if _, err := os.Stat(want); err != nil {
			t.Error(err)
		}
	}
}
