package checks

import (
	"os"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// withStore returns the environment of an install with a secrets store. The
// variables are all that the checks see of the environment.
func withStore(store answers.SecretsStore, variables map[string]string, change ...func(*answers.Answers)) *Env {
	a := answers.Answers{Database: answers.Database{Type: answers.SQLiteDatabase}, SecretsStore: store}
	for _, c := range change {
		c(&a)
	}
	getenv := func(name string) (string, bool) { v, ok := variables[name]; return v, ok }
	return &Env{Answers: a.Complete(), Local: answers.Local{Getenv: getenv, ReadFile: os.ReadFile}}
}

// ask runs the checks of the secrets store, and looks for leaks of what must
// not show.
func ask(t *testing.T, e *Env, o Options, hidden ...string) Report {
	t.Helper()
	o.Only = []string{"secrets"}
	found, err := run(t.Context(), Table, e, o, nil)
	must(t, err)
	var out strings.Builder
	must(t, JSON(&out, found))
	must(t, Text(&out, found, Style{}))
	for _, text := range append(hidden, canary) {
		if strings.Contains(out.String(), text) {
			t.Errorf("%s shows in the report:\n%s", text, out.String())
		}
	}
	return found
}
