package question

import (
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

const (
	certificateKey   = "expose.tls.mode"
	issuerKey        = "expose.tls.issuer.name"
	certManagerKey   = "prerequisites.certManager"
	createsIssuerKey = "prerequisites.clusterIssuer.create"
	profileKey       = "server.security.profile"
)

// suggested returns the option that what was found in the cluster suggests, and the
// reason unless the option has it already. Both may be empty.
func (s *Responses) suggested(f answers.Field) (value, reason string) {
	switch {
	case f.Key == certificateKey && len(s.found[issuerKey]) > 0:
		return answers.CertManager, "Suggested, because the cluster has the issuer " + s.found[issuerKey][0].Value + "."
	case f.Key == certificateKey && len(s.found[certManagerKey]) > 0:
		return answers.CertManager, "Suggested for HTTPS: the installer can install it."
	case f.Key == createsIssuerKey && s.Complete().Prerequisites.CertManager == answers.PrerequisiteInstall:
		return "true", "Suggested, because a new cert-manager has no issuer."
	case f.Key == profileKey && len(s.found[profileKey]) > 0:
		return s.found[profileKey][0].Value, "Suggested, because the cluster is OpenShift, which refuses pods " +
			"that choose their user."
	case f.Key == tlsModeKey:
		return s.suggestTLS()
	case (f.IfMissing || f.Kind == answers.Boolean) && len(s.found[f.Key]) > 0:
		return s.found[f.Key][0].Value, ""
	}
	return "", ""
}

// Suggestion returns the title of the option that is suggested for a setting that has no
// answer, if it is not the default.
func (s *Responses) Suggestion(q Question) string {
	value, _ := s.suggested(q.Field)
	if value == "" || value == q.Default || s.Typed(q.Key) != "" {
		return ""
	}
	for _, o := range q.Choices {
		if o.Value == value {
			return o.Title
		}
	}
	return ""
}

// SuggestsToInstall reports whether the suggested option lets the installer install
// something besides the server.
func (s *Responses) SuggestsToInstall(f answers.Field) bool {
	return f.IfMissing || f.Key == certificateKey && len(s.found[issuerKey]) == 0
}

// explain adds the reason for a suggestion to its option.
func (s *Responses) explain(q Question) {
	suggested, reason := s.suggested(q.Field)
	for i, o := range q.Choices {
		if reason == "" || o.Value != suggested {
			continue
		}
		if o.Help != "" {
			reason = o.Help + " " + reason
		}
		q.Choices[i].Help = reason
	}
}
