package question

import (
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

func TestCertManagerIsSuggestedWhereAnIssuerExists(t *testing.T) {
	s := NewResponses(answers.Answers{})
	s.Type("expose.type", answers.ByIngress)
	choice := func() (value string, reason bool) {
		q, _ := s.ByKey(certificateKey)
		return s.CurrentChoice(q), strings.Contains(q.Choices[0].Help, "Suggested, because the cluster has the issuer ca.")
	}
	if value, reason := choice(); value != answers.CertOff || reason {
		t.Errorf("without an issuer: %s, with a reason: %t", value, reason)
	}
	s.SetFound(map[string][]answers.Option{issuerKey: {{Value: "ca", Title: "ca"}}})
	if value, reason := choice(); value != answers.CertManager || !reason {
		t.Errorf("with an issuer: %s, with a reason: %t", value, reason)
	}
	if s.Answers().Expose.TLS.Mode != "" {
		t.Error("the suggestion is an answer before it is accepted")
	}
	s.Type(certificateKey, answers.CertOff)
	if value, _ := choice(); value != answers.CertOff {
		t.Errorf("the answer does not win: %s", value)
	}
}

func TestWhatTheClusterLacksIsSuggested(t *testing.T) {
	s := NewResponses(answers.Answers{})
	choice := func(key string) string {
		q, _ := s.ByKey(key)
		return s.CurrentChoice(q)
	}
	wants := func(key, want string) {
		t.Helper()
		if got := choice(key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	ways := []answers.Option{{Value: answers.PrerequisiteInstall}, {Value: answers.PrerequisiteRequire}}
	s.Type("expose.type", answers.ByIngress)
	s.Type("expose.ingress.class", "traefik")
	wants("prerequisites.traefik", answers.PrerequisiteRequire)
	s.SetFound(map[string][]answers.Option{"prerequisites.traefik": ways, certManagerKey: ways})
	wants("prerequisites.traefik", answers.PrerequisiteInstall)
	wants(certificateKey, answers.CertManager)

	s.Type(certificateKey, answers.CertManager)
	s.Type(issuerKey, "letsencrypt")
	wants(certManagerKey, answers.PrerequisiteInstall)
	wants(createsIssuerKey, "false")
	s.Type(certManagerKey, answers.PrerequisiteInstall)
	wants(createsIssuerKey, "true")
	if a := s.Answers(); a.Prerequisites.Traefik != "" || a.Prerequisites.ClusterIssuer.IsCreated() {
		t.Error("a suggestion is an answer before it is accepted")
	}
}

func TestSecurityProfileIsSuggestedOnOpenShift(t *testing.T) {
	s := NewResponses(answers.Answers{})
	q, _ := s.ByKey(profileKey)
	if got := s.CurrentChoice(q); got != answers.SecurityChart || s.Suggestion(q) != "" {
		t.Errorf("elsewhere: %s", got)
	}
	s.SetFound(map[string][]answers.Option{profileKey: {{Value: answers.SecurityOpenShift}}})
	q, _ = s.ByKey(profileKey)
	if got := s.CurrentChoice(q); got != answers.SecurityOpenShift || s.Suggestion(q) != "OpenShift" ||
		!strings.Contains(Explain(q), "because the cluster is OpenShift") {
		t.Errorf("on OpenShift: %s\n%s", got, Explain(q))
	}
	if s.Type(profileKey, answers.SecurityChart); s.Suggestion(q) != "" || s.CurrentChoice(q) != answers.SecurityChart {
		t.Error("the answer does not win")
	}
}

// TestGatewayIsSuggested suggests what a cluster without a Gateway needs, in its order.
func TestGatewayIsSuggested(t *testing.T) {
	s := NewResponses(answers.Answers{})
	asks := func(want ...string) {
		t.Helper()
		var got []string
		for _, q := range s.Questions(answers.StepAccess) {
			got = append(got, q.Key)
		}
		at := 0
		for _, key := range got {
			if at < len(want) && key == want[at] {
				at++
			}
		}
		if at < len(want) {
			t.Errorf("asks %q, want %q among them", got, want)
		}
	}
	s.Type("expose.type", answers.ByGateway)
	s.Type("expose.gateway.name", "zenml")
	s.SetFound(map[string][]answers.Option{"expose.gateway": {{Value: "gateways/zenml"}},
		"expose.gateway.name": {{Value: "zenml"}}})
	for namespace, missing := range map[string]bool{"": false, "gateways": false, "zenml": true} {
		s.Type("expose.gateway.namespace", namespace)
		if s.isMissing(field(t, "prerequisites.gateway.create")) != missing {
			t.Errorf("namespace %q: missing is %t", namespace, !missing)
		}
	}
	ways := []answers.Option{{Value: answers.PrerequisiteInstall}, {Value: answers.PrerequisiteRequire}}
	s.SetFound(map[string][]answers.Option{"expose.gateway.name": {{Value: "zenml"}},
		"prerequisites.gateway.create": {{Value: "true"}, {Value: "false"}},
		"prerequisites.gateway.class":  {{Value: "traefik"}}, "prerequisites.traefik": ways, certManagerKey: ways})
	asks("expose.gateway.name", "prerequisites.gateway.create")
	q, _ := s.ByKey("prerequisites.gateway.create")
	if s.CurrentChoice(q) != "true" {
		t.Errorf("suggests %q", s.CurrentChoice(q))
	}
	s.Type("prerequisites.gateway.create", "true")
	asks("prerequisites.gateway.create", "prerequisites.gateway.class", certificateKey, "prerequisites.traefik")
	if q, _ := s.ByKey("prerequisites.gateway.class"); !q.Open {
		t.Error("another class cannot be typed")
	}
}

func field(t *testing.T, key string) answers.Field {
	t.Helper()
	f, known := answers.FieldByKey(key)
	if !known {
		t.Fatalf("no field %s", key)
	}
	return f
}
