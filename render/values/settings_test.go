package values_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/render/rendertest"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// TestEveryAnswerIsProved sets every answer, from a sample or its example, on
// both stand-in charts. It fails for an answer that no chart proves: its
// setting has no proof, or sets a value that every chart rejects.
func TestEveryAnswerIsProved(t *testing.T) {
	proved := map[string]bool{}
	prove := func(a answers.Answers) {
		for _, generation := range rendertest.Generations {
			for _, key := range provedOn(t, rendertest.Load(t, generation), a) {
				proved[key] = true
			}
		}
	}
	for _, a := range rendertest.Samples(t) {
		prove(a)
	}
	variants := coverageAnswers(t)
	for _, f := range answers.Fields {
		if isForTheInstaller(f) {
			continue
		}
		for i := 0; i < len(variants) && !isProved(proved, f.Key); i++ {
			if a, ok := withExample(variants[i], f); ok {
				prove(a)
			}
		}
		if !isProved(proved, f.Key) {
			t.Errorf("%s is proved on no chart: bind it to a value that a chart has, with a proof", f.Key)
		}
	}
}

// coverageAnswers returns the samples, also with their store as backup store
// and with each authentication method of a store.
func coverageAnswers(t *testing.T) []answers.Answers {
	t.Helper()
	var all []answers.Answers
	for _, a := range rendertest.Samples(t) {
		all = append(all, a)
		if a.SecretsStore.Type == "" || a.Database.Type != answers.MySQLDatabase {
			continue
		}
		a.BackupSecretsStore = a.SecretsStore
		all = append(all, a)
	}
	for _, f := range answers.Fields {
		if !strings.HasSuffix(f.Key, ".authMethod") {
			continue
		}
		i := slices.IndexFunc(all, func(a answers.Answers) bool { return f.Applies(a.Complete()) })
		if i < 0 {
			t.Errorf("no sample has a store for %s", f.Key)
			continue
		}
		for _, method := range f.Values() {
			a := all[i]
			if a.Set(f.Key, method) == nil {
				all = append(all, completed(a))
			}
		}
	}
	return all
}

// completed removes answers that do not apply and sets required ones to their
// example.
func completed(a answers.Answers) answers.Answers {
	for _, f := range answers.Fields {
		switch c := a.Complete(); {
		case !f.Applies(c) && a.Get(f.Key) != "":
			unset(&a, f)
		case f.Required(c) && a.Get(f.Key) == "":
			setExample(&a, f)
		}
	}
	return a
}

func unset(a *answers.Answers, f answers.Field) {
	if f.Kind == answers.Secret || f.Kind == answers.Content {
		a.SetSource(f.Key, answers.Source{})
	} else {
		_ = a.Set(f.Key, "")
	}
}

// withExample sets an answer to its example; ok is false if the answers do not
// allow it.
func withExample(a answers.Answers, f answers.Field) (answers.Answers, bool) {
	if !f.Applies(a.Complete()) {
		return a, false
	}
	if a.Get(f.Key) != "" {
		return a, true
	}
	if store, ok := strings.CutSuffix(f.Key, ".authConfig"); ok { // the whole login of the store
		for _, part := range answers.Fields {
			if strings.HasPrefix(part.Key, store+".") && !strings.HasSuffix(part.Key, ".authMethod") {
				unset(&a, part)
			}
		}
	}
	setExample(&a, f)
	a = completed(a)
	return a, a.Get(f.Key) != "" && len(answers.Validate(a)) == 0
}

func setExample(a *answers.Answers, f answers.Field) {
	switch f.Kind {
	case answers.Secret, answers.Content:
		a.SetSource(f.Key, answers.Source{File: "example.json"})
	default:
		example := strings.Trim(f.Example, `[]{}"`)
		if f.Kind == answers.Pairs {
			example = strings.ReplaceAll(example, ": ", "=")
		}
		_ = a.Set(f.Key, example) // an invalid example leaves it unset
	}
}

// isForTheInstaller reports whether an answer never becomes a chart value.
func isForTheInstaller(f answers.Field) bool {
	return values.OutsideTheChart(f.Key, throughEnvironment) ||
		strings.HasPrefix(f.Key, "admin.") && !f.Applies(throughEnvironment.Complete())
}

// throughEnvironment are answers that make the admin answers chart values.
var throughEnvironment = answers.Answers{
	Admin: answers.Admin{Activate: answers.ActivateAuto, Through: answers.ThroughEnvironment},
}

// provedOn returns the answers that the chart proves, or none if it rejects
// them.
func provedOn(t *testing.T, c rendertest.StandIn, a answers.Answers) []string {
	t.Helper()
	doc, err := values.Build(a, c.Info, rendertest.Settings(a))
	if err != nil {
		return nil
	}
	objects, err := c.Render(a, doc.Map)
	if err != nil {
		t.Fatal(err)
	}
	failed := values.Prove(a, c.Info, doc, objects)
	return slices.DeleteFunc(values.ProvedAnswers(doc), func(key string) bool {
		return slices.ContainsFunc(failed, func(f answers.Fault) bool { return f.Key == key })
	})
}

// isProved reports whether an answer, or one below it, is proved.
func isProved(proved map[string]bool, key string) bool {
	for k := range proved {
		if k == key || strings.HasPrefix(k, key+".") {
			return true
		}
	}
	return false
}
