package values_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/render/rendertest"
	"github.com/zenml-installer/zenml-installer/render/values"
)

const mysqlAnswers = `version: 1
database:
  type: mysql
  mysql:
    host: db.example.com
    name: zenml
    user: ze@nml
    password: {env: DB_PASSWORD}
    tls:
      mode: verify-full
      ca: {file: ca.pem}
      cert: {secretRef: {name: client, key: tls.crt}}
      key: {secretRef: {name: client, key: tls.key}}
    pool: {size: 10, overflow: 5}
secretsStore: {sql: {encryptionKey: {generate: true}}}
`

func TestEveryAnswerShowsOnBothGenerations(t *testing.T) {
	files := map[string]string{
		"sqlite": "version: 1\ndatabase: {type: sqlite}\n",
		"mysql":  mysqlAnswers,
		"raw":    "version: 1\ndatabase: {type: sqlite}\nvalues: {resources: {limits: {memory: 1Gi}}}\n",
	}
	for _, generation := range rendertest.Generations {
		for name, file := range files {
			t.Run(generation+"/"+name, func(t *testing.T) {
				doc, faults := rendertest.Draw(t, generation, rendertest.Parse(t, file))
				if len(faults) > 0 {
					t.Errorf("not proved:\n%v\n%s", faults, doc.Bytes)
				}
				t.Logf("%s", doc.Bytes)
			})
		}
	}
}

func TestSecretsAreReferencedIfSupported(t *testing.T) {
	a := rendertest.Parse(t, mysqlAnswers)
	current, _ := rendertest.Draw(t, "current", a)
	if current.Sensitive || bytes.Contains(current.Bytes, []byte("canary")) {
		t.Errorf("the current chart reads every secret from a Secret, yet:\n%s", current.Bytes)
	}
	legacy, _ := rendertest.Draw(t, "legacy", a)
	if !legacy.Sensitive ||
		!strings.HasPrefix(
			string(legacy.Bytes),
			"# SENSITIVE: this file contains zenml.secretsStore.sql.encryptionKey.",
		) {
		t.Errorf("the legacy chart takes the encryption key inline, and the file does not say so:\n%s", legacy.Bytes)
	}
	if bytes.Contains(legacy.Bytes, []byte("canary-DB_PASSWORD")) {
		t.Error("the database's password stands in the values")
	}
}

func TestSecretsContainReferencedKeys(t *testing.T) {
	a := rendertest.Parse(t, mysqlAnswers)
	for _, generation := range rendertest.Generations {
		info := rendertest.Load(t, generation).Info
		keys := values.GenerateKeys(a, nil)
		secrets, err := values.Secrets(a, info, values.Settings{Local: rendertest.Local, Keys: keys})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, s := range secrets {
			for key, value := range s.Data {
				got[s.Namespace+"/"+s.Name+"/"+key] = string(value)
			}
			if s.Labels["app.kubernetes.io/managed-by"] != manifest.Installer ||
				s.Labels["app.kubernetes.io/instance"] != "zenml-server" {
				t.Errorf("%s lacks the labels of the installer: %v", s.Name, s.Labels)
			}
		}
		want := map[string]string{
			"zenml-server/zenml-server-database/password":            "canary-DB_PASSWORD",
			"zenml-server/zenml-server-database/ca.pem":              "canary-ca.pem",
			"zenml-server/zenml-server-secrets-store/encryption-key": keys["secretsStore.sql.encryptionKey"].Reveal(),
		}
		for ref, content := range want {
			if got[ref] != content {
				t.Errorf("%s: %s holds %q, want %q", generation, ref, got[ref], content)
			}
			delete(got, ref)
		}
		if len(got) > 0 {
			t.Errorf("%s: more than wanted: %v", generation, got)
		}
		if again := values.GenerateKeys(a, secrets); again["secretsStore.sql.encryptionKey"] != keys["secretsStore.sql.encryptionKey"] {
			t.Errorf("%s: the key was generated again although a Secret holds it", generation)
		}
	}
}

func TestSecretsReportUnreadableSources(t *testing.T) {
	a := rendertest.Parse(
		t,
		strings.NewReplacer("DB_PASSWORD", "UNSET_PASSWORD", "file: ca.pem", "file: missing.pem").Replace(mysqlAnswers),
	)
	_, err := values.Secrets(
		a,
		rendertest.Load(t, "current").Info,
		values.Settings{Local: rendertest.Local, Keys: values.GenerateKeys(a, nil)},
	)
	for _, want := range []string{
		"database.mysql.password: environment variable UNSET_PASSWORD is not set", "database.mysql.tls.ca: open missing.pem",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("missing %q in %v", want, err)
		}
	}
}

func TestSameAnswersSameBytes(t *testing.T) {
	a := rendertest.Parse(t, mysqlAnswers)
	first, _ := rendertest.Draw(t, "current", a)
	for range 20 {
		if next, _ := rendertest.Draw(t, "current", a); !bytes.Equal(first.Bytes, next.Bytes) {
			t.Fatalf("differs:\n%s\n%s", first.Bytes, next.Bytes)
		}
	}
}

func TestPersistenceRequiresChartSupport(t *testing.T) {
	a := rendertest.Parse(t, "version: 1\ndatabase: {type: sqlite, sqlite: {persistent: true, size: 2Gi}}\n")
	_, err := values.Build(a, rendertest.Load(t, "legacy").Info, values.Settings{})
	if err == nil || !strings.Contains(err.Error(), "database.sqlite.persistent") ||
		!strings.Contains(err.Error(), "0.85.0 or newer") {
		t.Errorf("got %v", err)
	}
	if _, faults := rendertest.Draw(t, "current", a); len(faults) > 0 {
		t.Errorf("not proved: %v", faults)
	}
}

func TestUnknownRawKeysAreReported(t *testing.T) {
	a := rendertest.Parse(
		t,
		"version: 1\ndatabase: {type: sqlite}\nvalues: {zenml: {replicaCount: 2}, server: {databse: {poolSize: 3}}, resources: {limits: {memory: 1Gi}}}\n",
	)
	_, faults := rendertest.Draw(t, "current", a)
	for _, want := range []string{"does not know server.databse", "did you mean database?"} {
		if !strings.Contains(faults.Error(), want) {
			t.Errorf("missing %q in\n%v", want, faults)
		}
	}
	_, faults = rendertest.Draw(t, "legacy", a)
	if !strings.Contains(faults.Error(), "this chart reads the server's settings below zenml:") {
		t.Errorf("got %v", faults)
	}
}

func TestRawValuesWithoutEffectAreReported(t *testing.T) {
	a := rendertest.Parse(t, `version: 1
database: {type: sqlite}
expose: {type: node-port}
values:
  podAnnotations: {team: ml}
  server:
    replicaCount: 3
    instanceLabel: ml
    database: {poolSize: 5}
    service: {type: LoadBalancer}
`)
	c := rendertest.Load(t, "current")
	doc, faults := rendertest.DrawOn(t, c, a)
	if len(faults) > 0 {
		t.Errorf("raw values win, and their keys are known:\n%v", faults)
	}
	faults, err := values.ProveRaw(
		doc,
		func(values map[string]any) ([]manifest.Object, error) { return c.Render(a, values) },
	)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"server.replicaCount has no effect", "server.database.poolSize has no effect"} {
		if !strings.Contains(faults.Error(), want) {
			t.Errorf("missing %q in\n%v", want, faults)
		}
	}
	if len(faults) != 2 {
		t.Errorf("got\n%v", faults)
	}
}

func TestAnswersRemovedByRawValuesAreReported(t *testing.T) {
	a := rendertest.Parse(t, `version: 1
database: {type: sqlite}
secretsStore: {sql: {encryptionKey: {generate: true}}}
values: {server: {environmentSecretKeyRefs: [{name: X, secretName: own, secretKey: x}]}}
`)
	_, faults := rendertest.DrawOn(t, rendertest.Load(t, "current"), a)
	if len(faults) != 1 || faults[0].Key != "secretsStore.sql.encryptionKey" {
		t.Errorf("the raw list takes the encryption key away, and nobody says so: %v", faults)
	}
}

func TestUnexpectedIngressIsReported(t *testing.T) {
	c := rendertest.Load(t, "current")
	a := rendertest.Samples(t)["minimal"]
	doc, err := values.Build(a, c.Info, values.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	objects, err := c.Render(a, nil) // without these values the chart generates a key
	if err != nil {
		t.Fatal(err)
	}
	if faults := values.Prove(a, c.Info, doc, objects); len(faults) != 1 ||
		!strings.Contains(faults.Error(), "no Ingress") {
		t.Errorf("got %v", faults)
	}
}

func TestMissingSecretIsReported(t *testing.T) {
	c := rendertest.Load(t, "current")
	a := rendertest.Samples(t)["mysql-plain"]
	doc, err := values.Build(a, c.Info, values.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	mutant, _ := mutate(doc.Map, []string{"server", "database", "passwordSecretRef", "name"}, "changed")
	objects, err := c.Render(a, mutant)
	if err != nil {
		t.Fatal(err)
	}
	if faults := values.Prove(a, c.Info, doc, objects); !strings.Contains(
		faults.Error(),
		"references Secret mysql-loginx, key pw, which does not exist",
	) {
		t.Errorf("got %v", faults)
	}
}

// A part of a store's configuration in an existing Secret is read from the
// cluster, and rejected with a remedy without a cluster.
func TestPartsInExistingSecrets(t *testing.T) {
	a := rendertest.Samples(t)["store-aws-key"]
	a.SecretsStore.AWS.SecretAccessKey = answers.Source{SecretRef: &answers.SecretRef{Name: "aws", Key: "secret"}}
	info, s := rendertest.Load(t, "current").Info, rendertest.Settings(a)
	_, err := values.Secrets(a, info, s)
	if err == nil || !strings.Contains(err.Error(), "name that as secretsStore.aws.authConfig") {
		t.Errorf("got %v", err)
	}
	s.Lookup = func(ref answers.SecretRef) (secret.Text, error) {
		return secret.New("from " + ref.Name + "/" + ref.Key), nil
	}
	secrets, err := values.Secrets(a, info, s)
	if err != nil {
		t.Fatal(err)
	}
	for _, made := range secrets {
		if made.Name == "zenml-server-secrets-store" &&
			!strings.Contains(string(made.Data["auth-config"]), `"aws_secret_access_key":"from aws/secret"`) {
			t.Errorf("got %s", made.Data["auth-config"])
		}
	}
}

// zeroAnswers are answers for which 0 differs from unset.
var zeroAnswers = []string{
	"database.mysql.pool.overflow",
	"server.requestCacheTimeout",
	"server.auth.jwtTokenLeewaySeconds",
}

// TestZeroIsAnAnswer covers numbers for which 0 differs from unset: the charts
// treat the number 0 as unset.
func TestZeroIsAnAnswer(t *testing.T) {
	for _, generation := range rendertest.Generations {
		c := rendertest.Load(t, generation)
		a := rendertest.Samples(t)["mysql-plain"]
		for _, key := range zeroAnswers {
			if err := a.Set(key, "0"); err != nil {
				t.Fatal(err)
			}
		}
		doc, err := values.Build(a, c.Info, rendertest.Settings(a))
		if err != nil {
			t.Fatal(err)
		}
		objects, err := c.Render(a, doc.Map)
		if err != nil {
			t.Fatal(err)
		}
		if faults := values.Prove(a, c.Info, doc, objects); len(faults) > 0 {
			t.Errorf("%s: without effect: %v", generation, faults)
		}
	}
}
