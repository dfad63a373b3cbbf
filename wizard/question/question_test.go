package question

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// TestQuestions_missing asks for what the cluster lacks in its step, and leaves the
// rest to the Advanced step.
func TestQuestions_missing(t *testing.T) {
	var a answers.Answers
	a.Expose.Type, a.Expose.Ingress.Class, a.Expose.TLS.Mode = answers.ByIngress, "traefik", answers.CertManager
	a.Expose.TLS.Issuer.Name = "letsencrypt"
	install := []answers.Option{{Value: answers.PrerequisiteInstall, Title: "Install", Help: "From oci://example"}}
	for name, c := range map[string]struct {
		found map[string][]answers.Option
		asked []string
	}{
		"the cluster is unknown": {},
		"everything is there": {found: map[string][]answers.Option{
			"expose.tls.issuer.name": {{Value: "letsencrypt"}}}},
		"an issuer is missing": {found: map[string][]answers.Option{
			"expose.tls.issuer.name": {{Value: "other"}}}, asked: []string{"prerequisites.clusterIssuer.create"}},
		"everything is missing": {found: map[string][]answers.Option{"prerequisites.traefik": install,
			"prerequisites.certManager": install},
			asked: []string{"prerequisites.traefik", "prerequisites.certManager", "prerequisites.clusterIssuer.create"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := NewResponses(a)
			s.SetFound(c.found)
			var asked []string
			for _, q := range s.Questions(answers.StepAccess) {
				if q.IfMissing {
					asked = append(asked, q.Key)
				}
				if q.Key == "prerequisites.traefik" && !slices.Equal(q.Choices, install) {
					t.Errorf("choices %+v", q.Choices)
				}
			}
			if !slices.Equal(asked, c.asked) {
				t.Errorf("asked %q, want %q", asked, c.asked)
			}
			for _, q := range s.Advanced() {
				if slices.Contains(asked, q.Key) {
					t.Errorf("%s is asked twice", q.Key)
				}
			}
		})
	}
}

// tableKey is a key in a cell of a table.
var tableKey = regexp.MustCompile("`([A-Za-z.]+)`")

// TestScenariosHaveQuestions holds the table of the guide's scenarios against the
// questions: each key that it names is asked for in the step that it names.
func TestScenariosHaveQuestions(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "guided.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(page), "\n## Scenarios of ZenML's Helm guide\n")
	section, _, _ = strings.Cut(section, "\n## ")
	rows := 0
	for line := range strings.Lines(section) {
		cells := strings.Split(line, "|")
		if len(cells) != 5 || !tableKey.MatchString(cells[3]) {
			continue
		}
		rows++
		for _, key := range tableKey.FindAllStringSubmatch(cells[3], -1) {
			if got := stepOfKey(key[1]); string(got) != strings.TrimSpace(cells[2]) {
				t.Errorf("%s: %s is asked for in step %q, not in %s", strings.TrimSpace(cells[1]), key[1], got, cells[2])
			}
		}
	}
	if !found || rows < 20 {
		t.Errorf("the table was not found, or has %d rows only", rows)
	}
}

// stepOfKey returns the step of the question with a key, or "" if none asks for it.
func stepOfKey(key string) answers.Step {
	f, known := answers.FieldByKey(key)
	switch {
	case !known:
		return ""
	case f.Advanced:
		return answers.StepAdvanced
	}
	return f.Step
}
