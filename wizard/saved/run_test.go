package saved

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

const canary = "C4nary!Pass"

// everything returns answers with the canary in each secret field.
func everything(t *testing.T) answers.Answers {
	t.Helper()
	file, err := answers.Read("a.yaml", []byte(`version: 1
cluster: {context: sandbox, namespace: zenml}
database: {type: mysql, mysql: {host: db, name: zenml, user: zen}}
server: {resources: {requests: {memory: 256Mi}}, nodeSelector: {pool: ml}, environment: {TOKEN: `+canary+`}, secretEnvironment: {A: {value: `+canary+`}}}
values: {server: {password: `+canary+`}}
proxy: {http: "http://me:`+canary+`@proxy"}
chart: {version: 0.98.1}
prerequisites: {clusterIssuer: {create: true, email: ops@example.com}}
`))
	if err != nil {
		t.Fatal(err)
	}
	a := file.Answers
	for _, f := range answers.Fields {
		if f.Kind == answers.Secret || f.Kind == answers.Content {
			a.SetSource(f.Key, answers.Source{Value: secret.New(canary)})
		}
	}
	a.Admin.Password = answers.Source{Env: "ADMIN_PASSWORD"}
	return a
}

func TestWriteOmitsSecrets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "answers.yaml")
	if err := write(path, everything(t), "Access"); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(content), canary) || strings.Contains(string(content), secret.Mask) {
		t.Errorf("a secret or its mask was written:\n%s", content)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %s", info.Mode())
	}
	run := read(path)
	for key, want := range map[string]string{"chart.version": "0.98.1", "server.resources.requests": "memory=256Mi",
		"server.nodeSelector": "pool=ml", "prerequisites.clusterIssuer.email": "ops@example.com"} {
		if run != nil && run.Answers.Get(key) != want {
			t.Errorf("%s was not saved: %q", key, run.Answers.Get(key))
		}
	}
	if run == nil || run.Step != "Access" || run.Answers.Database.MySQL.User != "zen" ||
		run.Answers.Admin.Password.Env != "ADMIN_PASSWORD" {
		t.Errorf("%+v", run)
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Errorf("remaining files: %v", entries)
	}
}

func TestReadInvalidFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "answers.yaml")
	for _, content := range []string{"", "version: 1\nnosuch: true\n", "\t{"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if run := read(path); run != nil {
			t.Errorf("%q: %+v", content, run)
		}
	}
}

func TestIsWorthKeeping(t *testing.T) {
	var a answers.Answers
	a.Cluster.Context = "sandbox"
	if IsWorthKeeping(a) {
		t.Error("the cluster alone is worth keeping")
	}
	a.Database.Type = answers.SQLiteDatabase
	if !IsWorthKeeping(a) {
		t.Error("a database is not worth keeping")
	}
}

// TestNoIsSaved keeps the answer no to what the cluster suggests, which would otherwise be
// suggested again.
func TestNoIsSaved(t *testing.T) {
	var a answers.Answers
	a.Database = answers.Database{Type: answers.SQLiteDatabase, SQLite: answers.SQLite{Persistent: new(false)}}
	a.Prerequisites.ClusterIssuer.Create = new(false)
	path := filepath.Join(t.TempDir(), "answers.yaml")
	if err := write(path, a, "Access"); err != nil {
		t.Fatal(err)
	}
	run := read(path)
	for _, key := range []string{"database.sqlite.persistent", "prerequisites.clusterIssuer.create"} {
		if run == nil || run.Answers.Get(key) != "false" {
			t.Errorf("%s is not saved: %+v", key, run)
		}
	}
}
