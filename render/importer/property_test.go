package importer

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/render/rendertest"
	"github.com/zenml-installer/zenml-installer/render/values"
)

var (
	propertyCount = flag.Int("property.count", 40, "how many random answers files the property test makes")
	propertySeed  = flag.Uint64("property.seed", 1, "the seed of the first")
)

// Random valid answers are written, rendered and proved on both generations, or
// rejected by a chart that does not support them. An import returns the same
// answers.
func TestAnyValidAnswers(t *testing.T) {
	count := *propertyCount
	if testing.Short() {
		count /= 4
	}
	made, proved, refused := 0, map[string]int{}, map[string]int{}
	for seed := *propertySeed; made < count; seed++ {
		g := generator{rand.New(rand.NewPCG(seed, 0))}
		a := g.answers()
		if len(answers.Validate(a)) > 0 {
			continue // a rule across several answers forbids it
		}
		made++
		for _, generation := range rendertest.Generations {
			t.Run(fmt.Sprintf("%s/%d", generation, seed), func(t *testing.T) {
				c := rendertest.Load(t, generation)
				for range 8 {
					if provedOn(t, c, a) {
						proved[generation]++
						return
					}
					refused[generation]++
					if a = without(a, c); len(answers.Validate(a)) > 0 {
						return
					}
				}
			})
		}
	}
	t.Logf("%d answers files; proved: %v; refused with a reason: %v", made, proved, refused)
	if proved["current"] < count*9/10 || proved["legacy"] == 0 {
		t.Errorf("too few were proved: %v", proved)
	}
}

// without removes the answers that a chart rejected.
func without(a answers.Answers, c rendertest.StandIn) answers.Answers {
	_, err := values.Build(a, c.Info, rendertest.Settings(a))
	var faults answers.Faults
	errors.As(err, &faults)
	for _, fault := range faults {
		for _, f := range answers.Fields {
			if fault.Key == f.Key {
				_ = a.Set(f.Key, "")
			} else if strings.HasPrefix(fault.Key, f.Key+".") {
				a.Server.SecretEnvironment = nil // the only field with keys below it
			}
		}
	}
	return a
}

func provedOn(t *testing.T, c rendertest.StandIn, a answers.Answers) bool {
	t.Helper()
	doc, err := values.Build(a, c.Info, rendertest.Settings(a))
	var faults answers.Faults
	if errors.As(err, &faults) {
		for _, f := range faults {
			if f.Check == "" || f.Key == "" || f.Remedy == "" {
				t.Errorf("the reason is not complete: %+v", f)
			}
		}
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(doc.Bytes), "canary-") && !doc.Sensitive &&
		!strings.Contains(string(doc.Bytes), "customCAs") {
		t.Errorf("a secret stands in values that do not say so:\n%s", doc.Bytes)
	}
	objects, err := c.Render(a, doc.Map)
	if err != nil {
		t.Fatalf("the chart does not render:\n%v\n%s", err, doc.Bytes)
	}
	if faults := values.Prove(a, c.Info, doc, objects); len(faults) > 0 {
		t.Errorf("not proved:\n%v\n%s", faults, doc.Bytes)
	}
	if _, err := values.Secrets(a, c.Info, rendertest.Settings(a)); err != nil {
		t.Errorf("the Secrets cannot be made:\n%v", err)
	}
	backAgain(t, c, a, doc)
	return true
}

// generator generates random answers, most of them valid.
type generator struct{ *rand.Rand }

func (g generator) answers() answers.Answers {
	a := answers.Answers{Version: answers.Version}
	eager := g.Float64() // probability that an answer is set
	for _, f := range answers.Fields {
		if !f.Applies(a.Complete()) || f.Key == "values" || f.Key == "server.openTelemetry.disable" {
			continue
		}
		if f.Required(a.Complete()) && f.Default == "" || g.Float64() < eager*0.6 ||
			f.Kind == answers.Choice && g.Float64() < 0.5 {
			g.answer(&a, f)
		}
	}
	return a
}

func (g generator) answer(a *answers.Answers, f answers.Field) {
	switch f.Kind {
	case answers.Choice:
		set(a, f, f.Options[g.IntN(len(f.Options))].Value)
	case answers.Boolean:
		set(a, f, "true")
	case answers.Secret, answers.Content:
		a.SetSource(f.Key, g.source(f))
	case answers.List:
		set(a, f, g.text(f))
	case answers.Pairs:
		if f.Key != "server.secureHeaders" {
			set(a, f, g.pair(f))
		} else {
			set(a, f, "hsts=disabled, csp="+g.word())
		}
	case answers.Secrets:
		a.Server.SecretEnvironment = map[string]answers.Source{"SECRET_" + strings.ToUpper(g.word()): g.source(f)}
	case answers.Items, answers.Tree:
		g.items(a, f.Key)
	default:
		set(a, f, g.text(f))
	}
}

func set(a *answers.Answers, f answers.Field, text string) {
	if err := a.Set(f.Key, text); err != nil {
		panic(f.Key + ": " + err.Error())
	}
}

func (g generator) word() string {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
	var b strings.Builder
	b.WriteByte(letters[g.IntN(26)])
	for range 2 + g.IntN(8) {
		b.WriteByte(letters[g.IntN(len(letters))])
	}
	return b.String()
}

// text returns a valid answer of a field: a text with special characters, a
// plain word or number, or the field's example.
func (g generator) text(f answers.Field) string {
	switch f.Key {
	case "cluster.release":
		return "r" + g.word()
	case "database.payloads.path":
		return []string{"s3", "gs", "az"}[g.IntN(3)] + "://" + g.word()
	}
	first := g.wild()
	if f.Kind == answers.Integer && g.IntN(3) == 0 {
		first = "0"
	}
	if namesAnObject[f.Key] {
		first = g.word() // the charts do not quote it: "1000000" would be a number
	}
	for _, try := range []string{
		first, g.word(), fmt.Sprint(1 + g.IntN(3000)), g.word() + ".example.com", "https://" + g.word() + ".example.com/" + g.word(),
		"/" + g.word(), fmt.Sprintf("%dGi", 1+g.IntN(100)), fmt.Sprintf("10.%d.0.0/16",
			g.IntN(256)), g.word() + "." + g.word() + ".Class",
		"http://" + g.word() + ":8080", g.word() + "@example.com", strings.Trim(f.Example, "[]\""),
	} {
		if f.Kind == answers.Integer && strings.Trim(try, "0123456789") != "" ||
			f.Kind == answers.List && strings.Contains(try, ",") {
			continue
		}
		if f.Check == nil {
			return g.word()
		}
		if problem, _ := f.Check(try); problem == "" {
			return try
		}
	}
	panic("no text for " + f.Key)
}

// namesAnObject are the answers that name an object in the cluster.
var namesAnObject = map[string]bool{
	"cluster.namespace": true, "database.sqlite.storageClass": true, "database.backup.volume.storageClass": true,
	"expose.ingress.class": true, "expose.tls.secretName": true, "expose.gateway.name": true, "expose.gateway.namespace": true,
	"expose.gateway.section": true, "server.serviceAccount.name": true, "server.image.pullSecrets": true,
}

// wild returns a text that is difficult for YAML, templates and shells.
func (g generator) wild() string {
	hard := []string{
		"true",
		"0123",
		"1e3",
		"null",
		"{{ .Values }}",
		"a: b",
		"# no comment",
		"it's",
		`say "x"`,
		"ü–ß",
		"$HOME",
		"@file",
		"- x",
		"%zz",
		"1000000",
		"~",
	}
	return hard[g.IntN(len(hard))]
}

func (g generator) pair(f answers.Field) string {
	name := strings.ToUpper(g.word())
	if f.Key == "prerequisites.charts" {
		name = "cert-manager"
	}
	if strings.Contains(f.Key, "esources") {
		return fmt.Sprintf("memory=%dMi, cpu=%dm", 64+g.IntN(4000), 10+g.IntN(900))
	}
	value := g.wild()
	if f.Key == "expose.ingress.annotations" || f.Check != nil || strings.Contains(value, ",") {
		value = g.word()
	}
	return name + "=" + value
}

func (g generator) source(f answers.Field) answers.Source {
	switch n := g.IntN(4); {
	case f.Generable && n == 0:
		return answers.Source{Generate: true}
	case f.Key == "admin.password":
		return answers.Source{Env: "ADMIN_PASSWORD"}
	case strings.HasSuffix(f.Key, "JSON") || strings.HasSuffix(f.Key, "authConfig"):
		return answers.Source{File: g.word() + ".json"}
	case n == 1 && !strings.Contains(f.Key, "ecretsStore."):
		return answers.Source{SecretRef: &answers.SecretRef{Name: g.word(), Key: g.word()}}
	case n == 2:
		return answers.Source{File: g.word()}
	case n == 3 && f.Kind == answers.Content:
		return answers.Source{Value: secret.New("public-" + g.wild())}
	case n == 3:
		return answers.Source{Value: secret.New("canary-" + g.wild())}
	default:
		return answers.Source{Env: strings.ToUpper(g.word())}
	}
}

func (g generator) items(a *answers.Answers, key string) {
	switch key {
	case "certificates.customCAs":
		a.Certificates.CustomCAs = []answers.CustomCA{
			{Name: g.word(), Certificate: answers.Source{File: g.word() + "-ca.pem"}},
		}
	case "certificates.secretRefs":
		a.Certificates.SecretRefs = []answers.SecretRef{{Name: g.word(), Key: g.word()}}
	case "server.tolerations":
		a.Server.Tolerations = []map[string]any{
			{"key": g.word(), "operator": "Exists", "tolerationSeconds": g.IntN(1000)},
		}
	case "server.affinity":
		a.Server.Affinity = map[string]any{
			"nodeAffinity": map[string]any{"preferredDuringSchedulingIgnoredDuringExecution": []any{
				map[string]any{
					"weight": 1 + g.IntN(99),
					"preference": map[string]any{
						"matchExpressions": []any{map[string]any{"key": g.word(), "operator": "Exists"}},
					},
				},
			}},
		}
	case "server.security.pod":
		a.Server.Security.Pod = map[string]any{"supplementalGroups": []any{1 + g.IntN(5000)}}
	case "server.security.container":
		a.Server.Security.Container = map[string]any{"readOnlyRootFilesystem": g.IntN(2) == 0}
	case "database.backup.custom.config":
		a.Database.Backup.Custom.Config = map[string]any{g.word(): g.wild(), g.word(): g.IntN(100)}
	case "prerequisites.values":
		a.Prerequisites.Values = map[string]any{"traefik": map[string]any{g.word(): g.wild()}}
	default:
		panic("nothing to make for " + key)
	}
}
