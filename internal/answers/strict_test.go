package answers

import (
	"slices"
	"strings"
	"testing"
)

// What would be ignored in silence is a fault, with its key and its line.
func TestWhatWouldBeIgnoredIsAFault(t *testing.T) {
	const mysql = "version: 1\ndatabase: {type: mysql, mysql: {host: db, user: u, password: {env: P}}}\n"
	for file, want := range map[string]string{
		"version: 1\ndatabase: {type: sqlite}\n---\ndatabase: {type: mysql}\n": "line 4: a second document begins here",
		"version: 1\ndatabase: {type: sqlite}\n---\n":                          "",
		"---\nversion: 1\ndatabase: {type: sqlite}\n...\n":                     "",
		"version: 1\ndatabase: {type: sqlite}\n---\n{ c4n4ry\n":                "this is not YAML",
		mysql + "server:\n  replicas: 0\n":                                     "line 4: server.replicas: 0 is none of its numbers",
		mysql + "server: {auth: {jwtTokenLeewaySeconds: 0}}\n":                 "",
		"version: 1\ndatabase: {type: mysql, mysql: {port: 0}}\n":              "line 2: database.mysql.port: 0 is none of its numbers",
		mysql + "values:\n  server:\n    a: 1\n    a: 2\n":                     "line 6: values.server.a: it is there twice",
		mysql + "values:\n  list:\n  - {a: 1}\n  - {b: c4n4ry,\n     b: 2}\n":  "line 7: values.list[1].b: it is there twice",
		mysql + "server:\n  tolerations:\n  - {key: a,\n     key: b}\n":        "line 6: server.tolerations[0].key: it is there twice",
		mysql + "values:\n  server: &s\n    a: 1\n":                            "without anchors and aliases",
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
		t.Errorf("a zero that counts as no answer was taken: %v", err)
	}
}

func TestPlainSecretsAreNamed(t *testing.T) {
	file, err := Parse("a.yaml", []byte(`version: 1
database: {type: mysql, mysql: {host: db, user: u, password: {value: c4n4ry}, tls: {mode: verify-ca, ca: {value: public}}}}
server: {secretEnvironment: {A: {value: c4n4ry}, B: {env: B}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	if got := file.PlainSecrets(); !slices.Equal(got, []string{"database.mysql.password", "server.secretEnvironment.A"}) {
		t.Errorf("got %v", got)
	}
}

// No check shows a password that stands where it does not belong.
func TestNoCheckShowsAPassword(t *testing.T) {
	const canary = "CANARYp"
	checked := 0
	for _, given := range []string{
		"root:" + canary + "@h", "root:" + canary + "@h:3306/x", "mysql://root:" + canary + "@h:3306/x", "https://root:" + canary + "@h/x",
		"Root:" + canary + "/y@h", "/a:" + canary + "@h/", "*.root:" + canary + "@h",
	} {
		for _, f := range Fields {
			for _, check := range []func(string) (string, string){f.Check, f.CheckName, choiceCheck(f)} {
				if check == nil {
					continue
				}
				checked++
				if problem, remedy := check(given); strings.Contains(strings.ToLower(problem+remedy), strings.ToLower(canary)) {
					t.Errorf("%s: %s; %s", f.Key, problem, remedy)
				}
			}
			var a Answers
			if err := a.Set(f.Key, given); err != nil && strings.Contains(err.Error(), canary) {
				t.Errorf("%s: %v", f.Key, err)
			}
		}
	}
	if checked < 200 {
		t.Errorf("only %d checks", checked)
	}
	for key, want := range map[string]string{"expose.host": "give the host name alone, and the path in expose.path", "database.mysql.host": "give the host alone, without user and password"} {
		f, _ := FieldByKey(key)
		if problem, remedy := f.Check("root:" + canary + "@h"); remedy != want {
			t.Errorf("%s: %s; %s", key, problem, remedy)
		}
	}
}

func choiceCheck(f Field) func(string) (string, string) {
	if f.Kind != Choice {
		return nil
	}
	return func(v string) (string, string) { return oneOf(f, v) }
}
