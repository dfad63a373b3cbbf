package answers

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// Everything that would be silently ignored is a fault with its key and line.
func TestParseRefusesIgnoredContent(t *testing.T) {
	const mysql = "version: 1\ndatabase: {type: mysql, mysql: {host: db, user: u, password: {env: P}}}\n"
	for file, want := range map[string]string{
		"version: 1\ndatabase: {type: sqlite}\n---\ndatabase: {type: mysql}\n": "line 4: a second document starts here",
		"version: 1\ndatabase: {type: sqlite}\n---\n":                          "",
		"---\nversion: 1\ndatabase: {type: sqlite}\n...\n":                     "",
		"version: 1\ndatabase: {type: sqlite}\n---\n{ c4n4ry\n":                "invalid YAML",
		mysql + "server:\n  replicas: 0\n": "line 4: server.replicas: 0 is " +
			"not allowed",
		mysql + "server: {auth: {jwtTokenLeewaySeconds: 0}}\n": "",
		"version: 1\ndatabase: {type: mysql, mysql: {port: 0}}\n": "line 2: database.mysql.port: 0 is " +
			"not allowed",
		mysql + "values:\n  server:\n    a: 1\n    a: 2\n": "line 6: values.server.a: duplicate key",
		mysql + "values:\n  list:\n  - {a: 1}\n  - {b: c4n4ry,\n     b: 2}\n": "line 7: values.list[1].b: " +
			"duplicate key",
		mysql + "server:\n  tolerations:\n  - {key: a,\n     key: b}\n": "line 6: server.tolerations[0].key: " +
			"duplicate key",
		mysql + "values:\n  server: &s\n    a: 1\n": "without anchors and aliases",
	} {
		_, err := Parse("a.yaml", []byte(file))
		switch {
		case want == "" && err != nil:
			t.Errorf("%s\ngot %v", file, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "c4n4ry")):
			t.Errorf("%s\ngot %v, want %q", file, err, want)
		}
	}
	var a Answers
	if err := a.Set("server.replicas", "0"); err == nil || a.Server.Replicas != 0 {
		t.Errorf("a zero that means no answer was accepted: %v", err)
	}
}

func TestParseReportsAllFaults(t *testing.T) {
	const file = `version: 1
cluster:
  namespace: Zen_ML
database:
  type: mysql
  mysql:
    hots: db.example.com
    host: localhost
    port: 70000
    name: zen-ml
    password: c4n4ry
  sqlite: {persistent: true}
expose: {type: ingres}
`
	_, err := Parse("a.yaml", []byte(file))
	if err == nil {
		t.Fatal("no fault was reported")
	}
	for _, want := range []string{
		"line 7: database.mysql.hots: unknown key; did you mean host?",
		"line 11: database.mysql.password: a plain value is not allowed",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("missing %q in\n%v", want, err)
		}
	}
	fixed := strings.ReplaceAll(strings.ReplaceAll(file, "    hots: db.example.com\n", ""), "c4n4ry", "{env: P}")
	_, err = Parse("a.yaml", []byte(fixed))
	for _, want := range []string{
		"line 3: cluster.namespace: “Zen_ML” is not a valid name",
		"line 7: database.mysql.host: “localhost” is the pod itself",
		"line 8: database.mysql.port: “70000” is not a port",
		"line 9: database.mysql.name: “zen-ml” is not a valid database name",
		"line 6: database.mysql.user: the answer is missing",
		"line 11: database.sqlite.persistent: it does not apply",
		"line 12: expose.type: “ingres” is not a valid value; use one of port-forward",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("missing %q in\n%v", want, err)
		}
	}
	if err != nil && strings.Contains(err.Error(), "c4n4ry") {
		t.Error("an error contains a secret")
	}
}

func TestParse(t *testing.T) {
	file, err := Parse("dir/a.yaml", []byte(`version: 1
database:
  type: mysql
  mysql: {host: db.example.com, name: zenml, user: zenml, password: {env: P}, tls: {mode: require}}
secretsStore: {type: sql, sql: {encryptionKey: {generate: true}}}
admin: {activate: auto, password: {env: ADMIN}}
values: {server: {replicaCount: 2}}
`))
	if err != nil {
		t.Fatal(err)
	}
	a := file.Complete()
	if a.Database.MySQL.Port != 3306 || a.Cluster.Namespace != DefaultRelease || a.Admin.Username != "admin" ||
		a.Expose.Type != PortForward {
		t.Errorf("defaults are missing: %+v", a)
	}
	if a.Database.MySQL.Password.Env != "P" || !a.SecretsStore.SQL.EncryptionKey.Generate || file.Dir() != "dir" {
		t.Errorf("answers are missing: %+v", a)
	}
}

func TestParseSyntaxErrorHidesContent(t *testing.T) {
	_, err := Parse("a.yaml", []byte("version: 1\ndatabase: {mysql: {password: {value: c4n4ry}\n"))
	if err == nil || strings.Contains(err.Error(), "c4n4ry") || !strings.Contains(err.Error(), "invalid YAML") {
		t.Fatalf("got %v", err)
	}
}

// One run names everything that is wrong: unknown keys and wrong values.
func TestReadListsEverything(t *testing.T) {
	_, err := Read("a.yaml", []byte("version: 1\ndatabase: {type: mysqll, mysql: {prot: 3306}}\n"+
		"expose: {type: ingres}\ntimeout: 3\n"))
	var faults Faults
	if !errors.As(err, &faults) {
		t.Fatal(err)
	}
	var keys []string
	for _, f := range faults {
		keys = append(keys, f.Key)
	}
	if want := []string{"database.mysql.prot", "database.type", "expose.type", "timeout"}; !slices.Equal(keys, want) {
		t.Errorf("faults of %q, want %q", keys, want)
	}
}

func TestNearest(t *testing.T) {
	for key, want := range map[string]string{
		"tls": "database.mysql.tls.mode", "database.mysql.prot": "did you mean database.mysql.port?",
		"nothing-like-it": "list all keys with", "databse.type": "did you mean database.type?",
		"databse.mysql":    "database.mysql has several keys; list them with: zenml-installer answers explain database.mysql",
		"databse.mysq.hst": "did you mean database.mysql.host?",
	} {
		if got := Nearest(key); !strings.Contains(got, want) || len(got) > 500 {
			t.Errorf("%s: %s", key, got)
		}
	}
}
