package importer

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
	"github.com/zenml-installer/zenml-installer/render/rendertest"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// elsewhere reports whether an answer is not stored in the chart's values.
func elsewhere(key string, a answers.Answers) bool {
	return strings.HasPrefix(key, "cluster.") || strings.HasPrefix(key, "chart.") ||
		strings.HasPrefix(key, "prerequisites.") || key == "expose.after" ||
		strings.HasPrefix(key, "admin.serviceAccount.") ||
		strings.HasPrefix(key, "admin.") && a.Complete().Admin.Through != answers.ThroughEnvironment
}

// backAgain imports written values and fails unless they produce the same
// answers without notes.
func backAgain(t testing.TB, c rendertest.StandIn, a answers.Answers, doc values.Document) {
	t.Helper()
	imported := Import(doc.Map, c.Info)
	for _, n := range imported.Notes {
		t.Errorf("a note on values of our own: %v", n)
	}
	b := imported.Answers
	b.Cluster = a.Cluster
	if faults := answers.Validate(b); len(faults) > 0 {
		t.Errorf("the imported answers are not valid:\n%v", faults)
	}
	again, err := values.Build(b, c.Info, rendertest.Settings(b))
	if err != nil {
		t.Fatalf("the imported answers cannot be written:\n%v", err)
	}
	if diff := cmp.Diff(doc.Map, again.Map); diff != "" {
		t.Errorf("the imported answers give other values:\n%s", diff)
	}
	sameAnswers(t, c, a.Complete(), b.Complete(), doc)
}

// sameAnswers compares answers with the import of their values.
func sameAnswers(t testing.TB, c rendertest.StandIn, a, b answers.Answers, doc values.Document) {
	t.Helper()
	for _, f := range answers.Fields {
		want, got := a.Get(f.Key), b.Get(f.Key)
		if want == got || elsewhere(f.Key, a) || merelyRepeats(c, a, doc, f.Key) {
			continue
		}
		if f.Kind == answers.Secret || f.Kind == answers.Content {
			if s := b.GetSource(f.Key); sameSource(a, f.Key, s, doc) {
				continue
			}
		}
		if f.Key == "expose.host" && want == answers.NipIO && got == "zenml.192.0.2.7.nip.io" {
			continue
		}
		if inWholeConfig(b, f.Key) || f.Key == "proxy.noProxy" && want == a.Database.MySQL.Host {
			continue // the database always bypasses the proxy
		}
		t.Errorf("%s was %q and came back as %q", f.Key, want, got)
	}
}

// merelyRepeats reports whether the values are the same without an answer.
func merelyRepeats(c rendertest.StandIn, a answers.Answers, doc values.Document, key string) bool {
	if err := a.Set(key, ""); err != nil {
		return false
	}
	without, err := values.Build(a, c.Info, rendertest.Settings(a))
	return err == nil && cmp.Equal(doc.Map, without.Map)
}

// sameSource reports whether a secret was imported with the same Secret or
// content.
func sameSource(a answers.Answers, key string, s answers.Source, doc values.Document) bool {
	for _, n := range doc.Needs() {
		if n.Answer == key && !n.Kept && s.SecretRef != nil && *s.SecretRef == n.SecretRef {
			return true
		}
	}
	source, known := a.GetSource(key), rendertest.Settings(a)
	text := known.Keys[key]
	if !source.Generate {
		var err error
		if text, err = source.Read(known.Local); err != nil {
			return false
		}
	}
	return strings.TrimSuffix(s.Value.Reveal(), "\n") == strings.TrimSuffix(text.Reveal(), "\n")
}

// inWholeConfig reports whether an answer was imported as part of a store's
// whole configuration.
func inWholeConfig(b answers.Answers, key string) bool {
	for _, store := range []string{"secretsStore", "backupSecretsStore"} {
		for _, kind := range []string{"aws", "gcp", "azure"} {
			if at := store + "." + kind + "."; strings.HasPrefix(key, at) && !b.GetSource(at+"authConfig").IsZero() {
				return true
			}
		}
	}
	return false
}

func TestImportOfSamples(t *testing.T) {
	for _, generation := range rendertest.Generations {
		c := rendertest.Load(t, generation)
		for name, a := range rendertest.Samples(t) {
			if name == "raw" {
				continue
			}
			t.Run(generation+"/"+name, func(t *testing.T) {
				doc, err := values.Build(a, c.Info, rendertest.Settings(a))
				if err != nil {
					t.Skip("this chart does not support it")
				}
				backAgain(t, c, a, doc)
			})
		}
	}
}

func TestImportKeepsRawValues(t *testing.T) {
	a := rendertest.Samples(t)["raw"]
	c := rendertest.Load(t, "current")
	doc, err := values.Build(a, c.Info, rendertest.Settings(a))
	if err != nil {
		t.Fatal(err)
	}
	imported := Import(doc.Map, c.Info)
	if diff := cmp.Diff(map[string]any{"nameOverride": "zen"}, imported.Answers.Values); diff != "" {
		t.Error(diff)
	}
	if len(imported.Answers.Server.PodAnnotations) != 1 {
		t.Errorf("podAnnotations have an answer of their own: %v", imported.Answers.Server)
	}
}

func TestImportNotesUnsupportedValues(t *testing.T) {
	values := map[string]any{
		"zenml": map[string]any{
			"replicaCount": 3.0,
			"debug":        false,
			"database": map[string]any{
				"url":   "mysql://root:p%40ss@db:3306/zenml?ssl=true",
				"sslCa": map[string]any{"value": "PEM"},
			},
			"secretsStore": map[string]any{
				"type": "gcp",
				"gcp": map[string]any{
					"authConfig": map[string]any{
						"project_id":                     "p",
						"google_application_credentials": `{"a": "c4n4ry"}`,
					},
				},
				"aws": map[string]any{"authConfig": map[string]any{"aws_secret_access_key": "c4n4ry"}},
			},
			"pro": map[string]any{"enabled": true, "enrollmentKey": "c4n4ry"},
			"ingress": map[string]any{
				"path":        "/zenml/?(.*)",
				"annotations": map[string]any{"nginx.ingress.kubernetes.io/rewrite-target": "/$1"},
			},
			"typo": 1.0,
		},
		"fullnameOverride": "z",
	}
	imported := Import(values, rendertest.Load(t, "current").Info)
	a := imported.Answers
	var notes []string
	for _, n := range imported.Notes {
		notes = append(notes, n.String())
		if strings.Contains(n.String(), "c4n4ry") || strings.Contains(n.String(), "p@ss") {
			t.Errorf("a note shows a secret: %v", n)
		}
	}
	for _, want := range []string{
		"server.database.url: the password in it is moved",
		"server.database.url: the part after ?",
		"server.database.ssl: left out: TLS was off",
		"server.secretsStore.aws: left out: it has no effect",
		"server.secretsStore.gcp.authConfig.google_application_credentials: imported as service_account_json",
		"server.pro.enrollmentKey: left out: it may be a secret",
		"server.typo: left out: the chart does not read it",
		"server.ingress.path: the regular expression changes",
		"server.rootUrlPath: set to the path",
		"fullnameOverride: kept as a raw chart value",
	} {
		if !slices.ContainsFunc(notes, func(n string) bool { return strings.HasPrefix(n, want) }) {
			t.Errorf("missing the note %q in\n%s", want, strings.Join(notes, "\n"))
		}
	}
	if a.Database.MySQL.Password.Value.Reveal() != "p@ss" || a.Database.MySQL.User != "root" ||
		a.Server.Replicas != 3 ||
		a.Expose.Type != answers.ByIngress ||
		a.Expose.Path != "/zenml" {
		t.Errorf("answers are missing: %+v", a)
	}
	file, moved := answers.Write(a)
	if strings.Contains(string(file), "c4n4ry") || strings.Contains(string(file), "p@ss") || len(moved) != 2 {
		t.Errorf("%d secrets were taken out of the file:\n%s", len(moved), file)
	}
	if _, err := answers.Parse("back.yaml", file); err != nil {
		t.Errorf("the file is not valid:\n%v\n%s", err, file)
	}
}

func TestImportWithoutChartDefaults(t *testing.T) {
	imported := Import(
		map[string]any{"zenml": map[string]any{"ingress": map[string]any{"enabled": false}}},
		chartinfo.Info{Name: "zenml", Version: "0.80.0"},
	)
	if a := imported.Answers; a.Expose.Type != answers.PortForward || a.Database.Type != answers.SQLiteDatabase ||
		len(a.Values) > 0 ||
		len(imported.Notes) > 0 {
		t.Errorf("%+v, %v", a, imported.Notes)
	}
}

// TestImportHidesUnencodedPassword imports URLs with a
// password that is not percent-encoded, so that parts of it are parsed as host
// or name.
func TestImportHidesUnencodedPassword(t *testing.T) {
	for _, part := range []string{"p@55/", "p@55?", "p@55:1/", "p@55#x/", "p@", "p@55/z?"} {
		values := map[string]any{
			"server": map[string]any{
				"database": map[string]any{"url": "mysql://zenml:" + part + "c4n4ry@10.211.0.9:3306/zenml"},
			},
		}
		imported := Import(values, rendertest.Load(t, "current").Info)
		file, _ := answers.Write(imported.Answers)
		for _, n := range append(imported.Notes, Note{Text: string(file)}) {
			if strings.Contains(n.String(), "c4n4ry") {
				t.Errorf("%s: a part of the password shows: %v", part, n)
			}
		}
		if !slices.ContainsFunc(
			imported.Notes,
			func(n Note) bool { return strings.Contains(n.Text, "percent-encoded") },
		) {
			t.Errorf("%s: no note says what is wrong: %v", part, imported.Notes)
		}
	}
}

func TestLogLevelNames(t *testing.T) {
	for written, want := range map[string]string{"WARNING": "warn", "warn": "warn", "DEBUG": "debug", "loud": ""} {
		imported := Import(
			map[string]any{"server": map[string]any{"environment": map[string]any{"ZENML_LOGGING_VERBOSITY": written}}},
			rendertest.Load(t, "current").Info,
		)
		if got := imported.Answers.Server.Logging.Verbosity; got != want {
			t.Errorf("%s: got %q", written, got)
		}
		if kept := imported.Answers.Server.Environment["ZENML_LOGGING_VERBOSITY"]; want == "" && kept != written {
			t.Errorf("%s is no level and is lost", written)
		}
	}
}

// TestImportOfZero imports the zeros that TestZeroIsAnAnswer writes.
func TestImportOfZero(t *testing.T) {
	for _, generation := range rendertest.Generations {
		c := rendertest.Load(t, generation)
		a := rendertest.Samples(t)["mysql-plain"]
		for _, key := range []string{
			"database.mysql.pool.overflow", "server.requestCacheTimeout", "server.auth.jwtTokenLeewaySeconds",
		} {
			if err := a.Set(key, "0"); err != nil {
				t.Fatal(err)
			}
		}
		doc, err := values.Build(a, c.Info, rendertest.Settings(a))
		if err != nil {
			t.Fatal(err)
		}
		back := Import(doc.Map, c.Info).Answers
		for _, key := range []string{
			"database.mysql.pool.overflow", "server.requestCacheTimeout", "server.auth.jwtTokenLeewaySeconds",
		} {
			if got := back.Get(key); got != "0" {
				t.Errorf("%s: %s comes back as %q", generation, key, got)
			}
		}
	}
}

// TestImportKeepsUnsupportedZero keeps it as a raw value.
func TestImportKeepsUnsupportedZero(t *testing.T) {
	database := map[string]any{"url": "mysql://u@db:3306/zenml", "maxOverflow": 0.0, "poolSize": 0.0}
	imported := Import(
		map[string]any{"server": map[string]any{"database": database, "replicaCount": -1.0}},
		rendertest.Load(t, "current").Info,
	)
	kept, _ := imported.Answers.Values["server"].(map[string]any)
	below, _ := kept["database"].(map[string]any)
	if below["maxOverflow"] != 0.0 || below["poolSize"] != 0.0 || kept["replicaCount"] != -1.0 {
		t.Errorf("kept: %v, %v", imported.Answers.Values, imported.Notes)
	}
}
