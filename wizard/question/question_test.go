package question

import (
	"slices"
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
