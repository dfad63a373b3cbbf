package answers

import (
	"reflect"
	"strings"
	"testing"
)

// leaves lists the keys of everything that the model holds.
func leaves(t reflect.Type, key string) []string {
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[Source]() || t == reflect.TypeFor[Host]() {
		return []string{key}
	}
	var keys []string
	for i := range t.NumField() {
		keys = append(keys, leaves(t.Field(i).Type, join(key, yamlName(t.Field(i))))...)
	}
	return keys
}

func TestEveryLeafOfTheModelHasOneField(t *testing.T) {
	count := map[string]int{}
	for _, f := range Fields {
		count[f.Key]++
		if f.Title == "" || f.Help == "" {
			t.Errorf("%s has no title or help", f.Key)
		}
		if f.Kind == Choice && len(f.Options) == 0 {
			t.Errorf("%s offers no options", f.Key)
		}
		if (f.When == nil) != (f.AppliesText == "") {
			t.Errorf("%s says when it counts in code or in words alone", f.Key)
		}
	}
	for _, key := range leaves(reflect.TypeFor[Answers](), "") {
		if key == "version" {
			continue
		}
		if count[key] != 1 {
			t.Errorf("%s has %d fields", key, count[key])
		}
		delete(count, key)
	}
	for key := range count {
		t.Errorf("the field %s is not in the model", key)
	}
}

func TestParseNamesEveryFaultAtOnce(t *testing.T) {
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
		t.Fatal("no fault found")
	}
	for _, want := range []string{
		"line 7: database.mysql.hots: there is no such key; did you mean host?",
		"line 11: database.mysql.password: a plain value stands here",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("missing %q in\n%v", want, err)
		}
	}
	fixed := strings.ReplaceAll(strings.ReplaceAll(file, "    hots: db.example.com\n", ""), "c4n4ry", "{env: P}")
	_, err = Parse("a.yaml", []byte(fixed))
	for _, want := range []string{
		"line 3: cluster.namespace: “Zen_ML” is not a valid name",
		"line 7: database.mysql.host: “localhost” means the pod itself",
		"line 8: database.mysql.port: “70000” is not a port",
		"line 9: database.mysql.name: “zen-ml” is a name that the server refuses",
		"line 6: database.mysql.user: the answer is missing",
		"line 11: database.sqlite.persistent: it has no meaning",
		"line 12: expose.type: “ingres” is not one of its values; use one of port-forward",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("missing %q in\n%v", want, err)
		}
	}
	if err != nil && strings.Contains(err.Error(), "c4n4ry") {
		t.Error("a secret shows in an error")
	}
}

func TestParseReadsAWholeFile(t *testing.T) {
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
	if a.Database.MySQL.Port != 3306 || a.Cluster.Namespace != DefaultRelease || a.Admin.Username != "admin" || a.Expose.Type != PortForward {
		t.Errorf("defaults are missing: %+v", a)
	}
	if a.Database.MySQL.Password.Env != "P" || !a.SecretsStore.SQL.EncryptionKey.Generate || file.Dir() != "dir" {
		t.Errorf("answers are missing: %+v", a)
	}
}

func TestSyntaxErrorShowsNoContent(t *testing.T) {
	_, err := Parse("a.yaml", []byte("version: 1\ndatabase: {mysql: {password: {value: c4n4ry}\n"))
	if err == nil || strings.Contains(err.Error(), "c4n4ry") || !strings.Contains(err.Error(), "this is not YAML") {
		t.Fatalf("got %v", err)
	}
}

func TestSetAndGetCoverEveryField(t *testing.T) {
	typed := map[Kind]string{Text: "x", Integer: "7", Boolean: "true", Choice: "y", Secret: "s", Content: "c", List: "a, b", Pairs: "A=1, B=2"}
	for _, f := range Fields {
		if f.Kind == Tree || f.Kind == Secrets || f.Kind == Items {
			continue
		}
		var a Answers
		if err := a.Set(f.Key, typed[f.Kind]); err != nil {
			t.Errorf("%s: %v", f.Key, err)
		}
		if got := a.Get(f.Key); got == "" || f.Kind == List && got != "a, b" || f.Kind == Pairs && got != "A=1, B=2" {
			t.Errorf("%s: %q is there after Set", f.Key, got)
		}
		if err := a.Set(f.Key, ""); err != nil || a.Get(f.Key) != "" {
			t.Errorf("%s: still there after it was emptied", f.Key)
		}
	}
}

func TestZeroIsAnAnswerOnlyWhereItMeansSomething(t *testing.T) {
	for _, f := range Fields {
		if f.Kind != Integer {
			continue
		}
		problem, _ := f.Check("0")
		var a Answers
		if err := a.Set(f.Key, "0"); (err == nil) != (problem == "") {
			t.Errorf("%s: typed, 0 gives %v, and its check says %q", f.Key, err, problem)
		}
		path := strings.Split(f.Key, ".")
		file := "version: 1\n" + strings.Join(path, ": {") + ": 0" + strings.Repeat("}", len(path)-1) + "\n"
		read, err := Read("zero.yaml", []byte(file))
		if (err == nil) != (problem == "") {
			t.Errorf("%s: in a file, 0 gives %v, and its check says %q", f.Key, err, problem)
		}
		if written, _ := Write(read.Answers); err == nil && (read.Get(f.Key) != "0" || !strings.Contains(string(written), path[len(path)-1]+": 0")) {
			t.Errorf("%s: read as %q, and written as\n%s", f.Key, read.Get(f.Key), written)
		}
	}
}
