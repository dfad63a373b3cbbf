package rendertest

import (
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// DrawOn builds the values of answers for a chart, renders and proves them.
func DrawOn(t testing.TB, s StandIn, a answers.Answers) (values.Document, answers.Faults) {
	t.Helper()
	doc, err := values.Build(a, s.Info, Settings(a))
	if err != nil {
		t.Fatal(err)
	}
	objects, err := s.Render(a, doc.Map)
	if err != nil {
		t.Fatalf("the chart does not render:\n%v\n%s", err, doc.Bytes)
	}
	return doc, values.Prove(a, s.Info, doc, objects)
}

// Draw is DrawOn for a generation of the stand-in charts.
func Draw(t testing.TB, generation string, a answers.Answers) (values.Document, answers.Faults) {
	t.Helper()
	return DrawOn(t, Load(t, generation), a)
}

// Settings returns the tests' settings, the same on every run.
func Settings(a answers.Answers) values.Settings {
	keys := values.GenerateKeys(a, nil)
	for key := range keys {
		keys[key] = secret.New(strings.Repeat("0123456789abcdef", 4))
	}
	return values.Settings{Local: Local, Keys: keys, Address: "192.0.2.7"}
}

// ProveAll returns all faults of answers, including raw values.
func ProveAll(t *testing.T, s StandIn, a answers.Answers) answers.Faults {
	t.Helper()
	doc, faults := DrawOn(t, s, a)
	raw, err := values.ProveRaw(
		doc,
		func(values map[string]any) ([]manifest.Object, error) { return s.Render(a, values) },
	)
	if err != nil {
		t.Fatal(err)
	}
	return append(faults, raw...)
}
