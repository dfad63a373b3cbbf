package cmd

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

const generatedKey = "version: 1\ndatabase: {type: sqlite}\nexpose: {type: port-forward}\nsecretsStore: {type: " +
	"sql, sql: {encryptionKey: {generate: true}}}\n"

// generates runs generate with answers that request a generated key.
func (p *place) generates(generation, format, output string, more ...string) result {
	p.t.Helper()
	args := []string{"generate", "-f", p.file("answers.yaml", generatedKey), "--format", format, "--output", output,
		"--force"}
	return p.runs(append(append(args, standIn(generation)...), more...)...)
}

var hexKey = regexp.MustCompile(`\b[0-9a-f]{64}\b`)

// keyIn returns the key in a values file, or in the Secret of the manifests.
func keyIn(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Base(path) != secretsFile {
		return hexKey.FindString(string(data))
	}
	objects, err := manifest.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	secrets, err := secretsOf(manifest.Find(objects, "Secret", "zenml-server-secrets-store"))
	if err != nil || len(secrets) != 1 {
		t.Fatal(secrets, err)
	}
	return string(secrets[0].Data["encryption-key"])
}

func TestGenerateKeepsExistingKey(t *testing.T) {
	for _, c := range []struct{ generation, format, file string }{
		{"current", "manifests", "out/secrets.yaml"}, {"legacy", "manifests", "out/secrets.yaml"},
		{"legacy", "values", "out"},
	} {
		t.Run(c.generation+"/"+c.format, func(t *testing.T) {
			p := nowhere(t)
			output, file := filepath.Join(p.dir, "out"), filepath.Join(p.dir, c.file)
			p.generates(c.generation, c.format, output).want(t, exitDone,
				"Generated a new key (secretsStore.sql.encryptionKey)", "Keep a copy")
			first := keyIn(t, file)
			r := p.generates(c.generation, c.format, output).want(t, exitDone)
			if again := keyIn(t, file); len(first) != 64 || again != first || strings.Contains(r.err, "new key") {
				t.Errorf("the key is %q, after %q\n%s", again, first, r.err)
			}
		})
	}
}

func TestGenerateReportsPrintedKey(t *testing.T) {
	p := nowhere(t)
	first := p.generates("legacy", "values", "-").want(t, exitDone, "Generated a new key", "Keep a copy")
	second := p.generates("legacy", "values", "-").want(t, exitDone, "Generated a new key")
	if a, b := hexKey.FindString(
		first.out,
	), hexKey.FindString(
		second.out,
	); a == "" || a == b ||
		strings.Contains(first.err, a) {
		t.Errorf("got %q and %q\n%s", a, b, first.err)
	}
}

// If the chart reads the key from a Secret, a printed command generates it, and
// the file says to back it up.
func TestGenerateReportsCommandGeneratedKey(t *testing.T) {
	p := nowhere(t)
	path := filepath.Join(p.dir, "values.yaml")
	other := []string{"--answer", "backupSecretsStore.type=aws", "--answer",
		"backupSecretsStore.aws.authMethod=secret-key", "--answer", "backupSecretsStore.aws.region=eu-central-1",
		"--answer", "backupSecretsStore.aws.accessKeyID=env:ID", "--answer",
		"backupSecretsStore.aws.secretAccessKey=env:KEY"}
	r := p.generates("current", "values", path, other...).want(t, exitDone, "openssl rand -hex 32",
		"Keep a copy of the key that this generates (secretsStore.sql.encryptionKey")
	if strings.Count(r.err, "Keep a copy") != 1 {
		t.Errorf("it also asks to keep a key that is not generated:\n%s", r.err)
	}
	if data, err := os.ReadFile(path); err != nil || !strings.Contains(string(data), "Never change it, and keep a copy") {
		t.Errorf("the file lacks the comment (%v):\n%s", err, data)
	}
}

func TestGenerateRefusesToLoseKey(t *testing.T) {
	for name, c := range map[string]struct {
		format string
		then   func(p *place, output string) result
	}{
		"another generation": {"values", func(p *place, output string) result { return p.generates("current", "values", output) }},
		"another namespace":  {"manifests", func(p *place, output string) result { return p.generates("legacy", "manifests", output, "-n", "other") }},
		"no generated key": {"values", func(p *place, output string) result {
			return p.generates("legacy", "values", output, "--answer", "secretsStore.sql.encryptionKey=env:KEY")
		}},
		"invalid YAML": {"values", func(p *place, output string) result {
			p.file("out", "a: [\n")
			return p.generates("legacy", "values", output)
		}},
		"invalid Secret": {"manifests", func(p *place, output string) result {
			p.file("out/secrets.yaml", "apiVersion: v1\nkind: Secret\ndata: 5\n")
			return p.generates("legacy", "manifests", output)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			p := nowhere(t)
			p.env["KEY"] = strings.Repeat("0123456789abcdef", 4)
			output := filepath.Join(p.dir, "out")
			p.generates("legacy", c.format, output).want(t, exitDone)
			file := output
			if c.format == "manifests" {
				file = filepath.Join(output, secretsFile)
			}
			before := keyIn(t, file)
			r := c.then(p, output).want(t, exitUsage, "key", "ove it away", "--output")
			if strings.Contains(r.err+r.out, before) {
				t.Errorf("the key is revealed:\n%s", r.err)
			}
		})
	}
}
