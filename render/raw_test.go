package render

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

const plainMySQL = `version: 1
database: {type: mysql, mysql: {host: db.example.com, user: zenml, password: {env: P}}}
`

// prove gives every fault of answers, those of raw values included.
func proveAll(t *testing.T, s standIn, a answers.Answers) answers.Faults {
	t.Helper()
	doc, faults := drawOn(t, s, a)
	raw, err := ProveRaw(doc, func(values map[string]any) ([]manifest.Object, error) { return s.render(a, values) })
	if err != nil {
		t.Fatal(err)
	}
	return append(faults, raw...)
}

func TestAnEmptyMappingTakesNothingAway(t *testing.T) {
	for _, generation := range generations {
		c := load(t, generation)
		root := map[string]string{"current": "server", "legacy": "zenml"}[generation]
		want, _ := drawOn(t, c, parse(t, plainMySQL))
		for _, raw := range []string{"{" + root + ": {}}", "{" + root + ": {database: {}}}"} {
			a := parse(t, plainMySQL+"values: "+raw+"\n")
			doc, _ := drawOn(t, c, a)
			if diff := cmp.Diff(want.Map, doc.Map); diff != "" {
				t.Errorf("%s, %s changes the values:\n%s", generation, raw, diff)
			}
			if faults := proveAll(t, c, a); len(faults) != 1 || !strings.Contains(faults.Error(), "has no effect") {
				t.Errorf("%s, %s: got %v", generation, raw, faults)
			}
		}
	}
}

// What raw values took away, or did to themselves, would be held against the
// answers: overruled must not excuse them.
func TestAnEmptyMappingExcusesNoAnswer(t *testing.T) {
	path := []string{"server", "database", "url"}
	for raw, want := range map[string]bool{
		"{server: {}}": false, "{server: {database: {}}}": false, "{server: {database: {url: {}}}}": false,
		"{server: {database: null}}": true, "{server: {database: {url: x}}}": true, "{server: {other: x}}": false,
	} {
		values := parse(t, "version: 1\ndatabase: {type: sqlite}\nvalues: "+raw+"\n").Values
		if got := overruled(values, path); got != want {
			t.Errorf("%s: %v", raw, got)
		}
	}
}

func TestARawValueAloneInItsMappingIsProved(t *testing.T) {
	c := load(t, "current")
	for raw, want := range map[string]string{
		"{server: {replicaCount: 3}}":         "server.replicaCount has no effect",
		"{server: {database: {poolSize: 5}}}": "server.database.poolSize has no effect",
		"{server: {instanceLabel: ml}}":       "",
		"{podAnnotations: {team: ml}}":        "",
	} {
		faults := proveAll(t, c, parse(t, "version: 1\ndatabase: {type: sqlite}\nvalues: "+raw+"\n"))
		if want == "" && len(faults) > 0 || want != "" && (len(faults) != 1 || !strings.Contains(faults.Error(), want)) {
			t.Errorf("%s: got %v", raw, faults)
		}
	}
}

// Raw null takes the chart's default away, as in Helm.
func TestARawNullDeletes(t *testing.T) {
	doc, _ := draw(t, "current", parse(t, "version: 1\ndatabase: {type: sqlite}\nvalues: {podSecurityContext: {fsGroup: null}}\n"))
	below, _ := doc.Map["podSecurityContext"].(map[string]any)
	if value, there := below["fsGroup"]; !there || value != nil {
		t.Errorf("got %v", doc.Map)
	}
}

const rawSecrets = plainMySQL + `server: {auth: {jwtSecretKey: {env: JWT}}}
values:
  server:
    instanceLabel: ml
    pro: {enabled: true, enrollmentKey: c4n4ry-enrollment, enrollmentKeySecretRef: {name: n, key: k}}
    auth: {jwtTokenLeewaySeconds: 5}
    environment: {DB_URL: "postgres://u:c4n4ry-url@h/db"}
    secretEnvironment: {ANY: c4n4ry-any}
    openTelemetry: {endpoint: "http://c4n4ry-user@collector:4317"}
  podAnnotations: {auth-secret: name-of-one}
  workerDeployments: {w: {env: [{name: API_TOKEN, value: c4n4ry-list}, {name: MODE, value: fast}]}}
`

func TestSecretsAmongRawValuesAreSecret(t *testing.T) {
	c := load(t, "current")
	a := parse(t, rawSecrets)
	doc, err := Values(a, c.Info, settings(a))
	if err != nil {
		t.Fatal(err)
	}
	head := string(doc.Bytes[:strings.Index(string(doc.Bytes), "\n")])
	const want = "# SENSITIVE: this file holds server.environment.DB_URL and server.openTelemetry.endpoint and server.pro.enrollmentKey and server.secretEnvironment.ANY and workerDeployments.w.env."
	if !doc.Sensitive || head != want {
		t.Errorf("got %v and\n%s\nwant\n%s", doc.Sensitive, head, want)
	}
	if shown, err := doc.Masked(); err != nil || strings.Contains(shown, "c4n4ry") || !strings.Contains(shown, "name-of-one") || !strings.Contains(shown, "instanceLabel: ml") {
		t.Errorf("the masked view: %v\n%s", err, shown)
	}
}

// Every format that has a place for secrets gives the values without those
// among raw ones in the open; Argo CD has none and refuses each.
func TestFormatsKeepRawSecretsApart(t *testing.T) {
	a := parse(t, rawSecrets)
	doc, err := Values(a, load(t, "current").Info, settings(a))
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []Format{FormatFlux, FormatTerraform, FormatHelmfile} {
		files, err := Files(doc, format, Rendered{})
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(files[0].Bytes), "c4n4ry") {
			t.Errorf("%s holds a secret:\n%s", format, files[0].Bytes)
		}
		if format == FormatHelmfile {
			continue // its variables hold what the test cannot look up
		}
		if diff := cmp.Diff(doc.Map, valuesIn(t, format, doc, files[0].Bytes)); diff != "" {
			t.Errorf("%s gives other values:\n%s", format, diff)
		}
	}
	var faults answers.Faults
	if _, err := Files(doc, FormatArgoCD, Rendered{}); !errors.As(err, &faults) || len(faults) != 5 || strings.Contains(err.Error(), "c4n4ry") {
		t.Errorf("Argo CD: %v", err)
	}
}

func TestManifestsThatShowARawSecretSaySo(t *testing.T) {
	c := load(t, "current")
	for raw, want := range map[string]bool{
		"{server: {environment: {API_TOKEN: c4n4ry}}}":       true,
		"{server: {secretEnvironment: {API_TOKEN: c4n4ry}}}": false, // in the chart's Secret
	} {
		a := parse(t, "version: 1\ndatabase: {type: sqlite}\nvalues: "+raw+"\n")
		doc, _ := drawOn(t, c, a)
		objects, err := c.render(a, doc.Map)
		if err != nil {
			t.Fatal(err)
		}
		files, err := Files(doc, FormatManifests, Rendered{Objects: objects})
		if err != nil {
			t.Fatal(err)
		}
		plain := string(files[0].Bytes)
		if files[0].Sensitive != want || strings.HasPrefix(plain, "# SENSITIVE") != want || strings.Contains(plain, "c4n4ry") != want {
			t.Errorf("%s: sensitive is %v\n%s", raw, files[0].Sensitive, plain)
		}
	}
}

// A raw value without a secret in the place of an answer's leaves nothing to hide.
func TestARawValueInThePlaceOfASecretIsNone(t *testing.T) {
	a := parse(t, "version: 1\ndatabase: {type: sqlite}\nserver: {secretEnvironment: {A: {env: A}}}\nvalues: {zenml: {secretEnvironment: null}}\n")
	doc, err := Values(a, load(t, "legacy").Info, settings(a))
	if err != nil || doc.Sensitive || strings.Contains(string(doc.Bytes), "SENSITIVE") {
		t.Errorf("%v\n%s", err, doc.Bytes)
	}
}

func TestWhatMayBeASecret(t *testing.T) {
	for path, want := range map[string]bool{
		"server.pro.enrollmentKey": true, "server.secretsStore.sql.encryptionKey": true, "server.secretEnvironment.X": true,
		"server.environment.DB_PASSWORD": true, "server.environment.DB_PASSWD": true, "server.environment.ZENML_SECRETS_STORE_VAULT_TOKEN": true,
		"server.secretsStore.hashicorp.authConfig.app_secret_id": true,
		"server.secretsStore.type":                               false, "server.environment.ZENML_SECRETS_STORE_TYPE": false,
		"server.auth.jwtTokenExpireMinutes": false, "server.auth.jwtTokenAlgorithm": false, "server.ingress.tls.secretName": false,
		"server.database.passwordSecretRef.key": false, "server.ingress.annotations.auth-tls-secret": false, "server.environment.TOKEN_FILE": false,
	} {
		if got := secretive(strings.Split(path, "."), "some-text"); got != want {
			t.Errorf("%s: %v", path, got)
		}
	}
	for text, want := range map[string]bool{
		"mysql://u:p@h/db": true, "mysql://u:p/w@h/db": true, "mysql://u@h/db": false, "https://token@h": true, "http://h:80/x": false,
		"-----BEGIN RSA PRIVATE KEY-----": true, "ops@example.com": false,
	} {
		if got := secretive([]string{"server", "note"}, text); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestCutTakesEmptyMappingsAlong(t *testing.T) {
	tree := map[string]any{"a": map[string]any{"b": map[string]any{"c": 1}}, "d": map[string]any{"e": 1, "f": map[string]any{}}}
	cut(tree, []string{"a", "b", "c"})
	cut(tree, []string{"d", "e"})
	if diff := cmp.Diff(map[string]any{"d": map[string]any{"f": map[string]any{}}}, tree); diff != "" {
		t.Error(diff)
	}
}
