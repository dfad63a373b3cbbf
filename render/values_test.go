package render

import (
	"bytes"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/secret"
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
	for _, generation := range generations {
		for name, file := range files {
			t.Run(generation+"/"+name, func(t *testing.T) {
				doc, faults := draw(t, generation, parse(t, file))
				if len(faults) > 0 {
					t.Errorf("not proved:\n%v\n%s", faults, doc.Bytes)
				}
				t.Logf("%s", doc.Bytes)
			})
		}
	}
}

func TestSecretsStandInSecretsWhereTheChartCan(t *testing.T) {
	a := parse(t, mysqlAnswers)
	current, _ := draw(t, "current", a)
	if current.Sensitive || bytes.Contains(current.Bytes, []byte("canary")) {
		t.Errorf("the current chart reads every secret from a Secret, yet:\n%s", current.Bytes)
	}
	legacy, _ := draw(t, "legacy", a)
	if !legacy.Sensitive || !strings.HasPrefix(string(legacy.Bytes), "# SENSITIVE: this file holds zenml.secretsStore.sql.encryptionKey.") {
		t.Errorf("the legacy chart takes the encryption key inline, and the file does not say so:\n%s", legacy.Bytes)
	}
	if bytes.Contains(legacy.Bytes, []byte("canary-DB_PASSWORD")) {
		t.Error("the database's password stands in the values")
	}
}

func TestSecretsHoldWhatTheValuesReference(t *testing.T) {
	a := parse(t, mysqlAnswers)
	for _, generation := range generations {
		info := load(t, generation).Info
		keys := Generate(a, nil)
		secrets, err := Secrets(a, info, Settings{Local: local, Keys: keys})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, s := range secrets {
			for key, value := range s.Data {
				got[s.Namespace+"/"+s.Name+"/"+key] = string(value)
			}
			if s.Labels["app.kubernetes.io/managed-by"] != manifest.Installer || s.Labels["app.kubernetes.io/instance"] != "zenml-server" {
				t.Errorf("%s is not labelled as ours: %v", s.Name, s.Labels)
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
		if again := Generate(a, secrets); again["secretsStore.sql.encryptionKey"] != keys["secretsStore.sql.encryptionKey"] {
			t.Errorf("%s: the key was made anew although a Secret holds it", generation)
		}
	}
}

func TestSecretsNameEverySourceThatCannotBeRead(t *testing.T) {
	a := parse(t, strings.NewReplacer("DB_PASSWORD", "UNSET_PASSWORD", "file: ca.pem", "file: missing.pem").Replace(mysqlAnswers))
	_, err := Secrets(a, load(t, "current").Info, Settings{Local: local, Keys: Generate(a, nil)})
	for _, want := range []string{"database.mysql.password: environment variable UNSET_PASSWORD is not set", "database.mysql.tls.ca: open missing.pem"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("missing %q in %v", want, err)
		}
	}
}

func TestSameAnswersSameBytes(t *testing.T) {
	a := parse(t, mysqlAnswers)
	first, _ := draw(t, "current", a)
	for range 20 {
		if next, _ := draw(t, "current", a); !bytes.Equal(first.Bytes, next.Bytes) {
			t.Fatalf("differs:\n%s\n%s", first.Bytes, next.Bytes)
		}
	}
}

func TestPersistenceIsRefusedByAChartWithoutIt(t *testing.T) {
	a := parse(t, "version: 1\ndatabase: {type: sqlite, sqlite: {persistent: true, size: 2Gi}}\n")
	_, err := Values(a, load(t, "legacy").Info, Settings{})
	if err == nil || !strings.Contains(err.Error(), "database.sqlite.persistent") || !strings.Contains(err.Error(), "0.94.2 or newer") {
		t.Errorf("got %v", err)
	}
	if _, faults := draw(t, "current", a); len(faults) > 0 {
		t.Errorf("not proved: %v", faults)
	}
}

func TestUnknownRawKeysAreNamed(t *testing.T) {
	a := parse(t, "version: 1\ndatabase: {type: sqlite}\nvalues: {zenml: {replicaCount: 2}, server: {databse: {poolSize: 3}}, resources: {limits: {memory: 1Gi}}}\n")
	_, faults := draw(t, "current", a)
	for _, want := range []string{"does not know server.databse", "did you mean database?"} {
		if !strings.Contains(faults.Error(), want) {
			t.Errorf("missing %q in\n%v", want, faults)
		}
	}
	_, faults = draw(t, "legacy", a)
	if !strings.Contains(faults.Error(), "this chart takes the server's settings below zenml:") {
		t.Errorf("got %v", faults)
	}
}

func TestRawValuesWithoutEffectAreNamed(t *testing.T) {
	a := parse(t, `version: 1
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
	c := load(t, "current")
	doc, faults := drawOn(t, c, a)
	if len(faults) > 0 {
		t.Errorf("raw values win, and their keys are known:\n%v", faults)
	}
	faults, err := ProveRaw(doc, func(values map[string]any) ([]manifest.Object, error) { return c.render(a, values) })
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

func TestAnswersThatRawValuesTakeBackAreNamed(t *testing.T) {
	a := parse(t, `version: 1
database: {type: sqlite}
secretsStore: {sql: {encryptionKey: {generate: true}}}
values: {server: {environmentSecretKeyRefs: [{name: X, secretName: own, secretKey: x}]}}
`)
	_, faults := drawOn(t, load(t, "current"), a)
	if len(faults) != 1 || faults[0].Key != "secretsStore.sql.encryptionKey" {
		t.Errorf("the raw list takes the encryption key away, and nobody says so: %v", faults)
	}
}

func TestAnIngressThatNobodyAskedForIsNamed(t *testing.T) {
	c := load(t, "current")
	a := samples(t)["minimal"]
	doc, err := Values(a, c.Info, Settings{})
	if err != nil {
		t.Fatal(err)
	}
	objects, err := c.render(a, nil) // without the values the chart makes one
	if err != nil {
		t.Fatal(err)
	}
	if faults := Prove(a, c.Info, doc, objects); len(faults) != 1 || !strings.Contains(faults.Error(), "no Ingress") {
		t.Errorf("got %v", faults)
	}
}

func TestASecretThatNobodyProvidesIsNamed(t *testing.T) {
	c := load(t, "current")
	a := samples(t)["mysql-plain"]
	doc, err := Values(a, c.Info, Settings{})
	if err != nil {
		t.Fatal(err)
	}
	mutant, _ := mutate(doc.Map, []string{"server", "database", "passwordSecretRef", "name"}, "changed")
	objects, err := c.render(a, mutant)
	if err != nil {
		t.Fatal(err)
	}
	if faults := Prove(a, c.Info, doc, objects); !strings.Contains(faults.Error(), "needs Secret mysql-loginx, key pw, which nobody provides") {
		t.Errorf("got %v", faults)
	}
}

func TestEverySecretOfTheAnswersHasAHome(t *testing.T) {
	a := samples(t)["minimal"].Complete()
	seen := map[answers.SecretRef]string{}
	for _, f := range answers.Fields {
		if f.Kind != answers.Secret && f.Kind != answers.Content || inOnePiece(f.Key) {
			continue
		}
		ref := home(a, f.Key)
		if other := seen[ref]; other != "" && ref.Key != "auth-config" {
			t.Errorf("%s and %s share %v", f.Key, other, ref)
		}
		if !strings.HasPrefix(ref.Name, "zenml-server-") || ref.Key == "" {
			t.Errorf("%s is kept in %v", f.Key, ref)
		}
		seen[ref] = f.Key
	}
}

// inOnePiece tells whether a secret is a part of a store's authConfig.
func inOnePiece(key string) bool {
	for _, kind := range []string{".aws.", ".gcp.", ".azure."} {
		if strings.Contains(key, kind) {
			return !strings.HasSuffix(key, ".authConfig")
		}
	}
	return false
}

// A part of a store's configuration that lies in a Secret of the user's own is
// read where there is a cluster, and refused with the way out where there is none.
func TestPartsInSecretsOfTheUsersOwn(t *testing.T) {
	a := samples(t)["store-aws-key"]
	a.SecretsStore.AWS.SecretAccessKey = answers.Source{SecretRef: &answers.SecretRef{Name: "aws", Key: "secret"}}
	info, s := load(t, "current").Info, settings(a)
	_, err := Secrets(a, info, s)
	if err == nil || !strings.Contains(err.Error(), "name that as secretsStore.aws.authConfig") {
		t.Errorf("got %v", err)
	}
	s.Lookup = func(ref answers.SecretRef) (secret.Text, error) {
		return secret.New("from " + ref.Name + "/" + ref.Key), nil
	}
	secrets, err := Secrets(a, info, s)
	if err != nil {
		t.Fatal(err)
	}
	for _, made := range secrets {
		if made.Name == "zenml-server-secrets-store" && !strings.Contains(string(made.Data["auth-config"]), `"aws_secret_access_key":"from aws/secret"`) {
			t.Errorf("got %s", made.Data["auth-config"])
		}
	}
}

// zeroAnswers are answers at which 0 is not the same as no answer.
var zeroAnswers = []string{"database.mysql.pool.overflow", "server.requestCacheTimeout", "server.auth.jwtTokenLeewaySeconds"}

// TestZeroIsAnAnswer has the numbers whose 0 means something else than none:
// the charts leave out a 0 that is a number.
func TestZeroIsAnAnswer(t *testing.T) {
	for _, generation := range generations {
		c := load(t, generation)
		a := samples(t)["mysql-plain"]
		for _, key := range zeroAnswers {
			if err := a.Set(key, "0"); err != nil {
				t.Fatal(err)
			}
		}
		doc, err := Values(a, c.Info, settings(a))
		if err != nil {
			t.Fatal(err)
		}
		objects, err := c.render(a, doc.Map)
		if err != nil {
			t.Fatal(err)
		}
		if faults := Prove(a, c.Info, doc, objects); len(faults) > 0 {
			t.Errorf("%s: without effect: %v", generation, faults)
		}
	}
}

// TestZeroComesBack imports the zeros that TestZeroIsAnAnswer writes.
func TestZeroComesBack(t *testing.T) {
	for _, generation := range generations {
		c := load(t, generation)
		a := samples(t)["mysql-plain"]
		for _, key := range []string{"database.mysql.pool.overflow", "server.requestCacheTimeout", "server.auth.jwtTokenLeewaySeconds"} {
			if err := a.Set(key, "0"); err != nil {
				t.Fatal(err)
			}
		}
		doc, err := Values(a, c.Info, settings(a))
		if err != nil {
			t.Fatal(err)
		}
		back := Import(doc.Map, c.Info).Answers
		for _, key := range []string{"database.mysql.pool.overflow", "server.requestCacheTimeout", "server.auth.jwtTokenLeewaySeconds"} {
			if got := back.Get(key); got != "0" {
				t.Errorf("%s: %s comes back as %q", generation, key, got)
			}
		}
	}
}

// TestImportKeepsAZeroThatNoAnswerSays leaves it to the chart as it stood.
func TestImportKeepsAZeroThatNoAnswerSays(t *testing.T) {
	database := map[string]any{"url": "mysql://u@db:3306/zenml", "maxOverflow": 0.0, "poolSize": 0.0}
	imported := Import(map[string]any{"server": map[string]any{"database": database, "replicaCount": -1.0}}, load(t, "current").Info)
	kept, _ := imported.Answers.Values["server"].(map[string]any)
	below, _ := kept["database"].(map[string]any)
	if below["maxOverflow"] != 0.0 || below["poolSize"] != 0.0 || kept["replicaCount"] != -1.0 {
		t.Errorf("kept: %v, %v", imported.Answers.Values, imported.Notes)
	}
}
