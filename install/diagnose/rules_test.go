package diagnose

import (
	"strings"
	"testing"
	"time"
)

func TestRules(t *testing.T) {
	for _, e := range ruleExamples {
		d, ok := FromProblem(e.Problem)
		if d.Name != e.rule || ok && (d.Grace != Forever) != e.ends {
			t.Errorf("%+v: rule %q, grace %s", e.Problem, d.Name, d.Grace)
		}
		if ok && (!strings.Contains(d.Text(), e.says) || strings.ContainsAny(d.Text(), "{}")) {
			t.Errorf("%+v: %q", e.Problem, d.Text())
		}
	}
}

// TestEveryRuleHasAnExample fails for a rule that no example matches, or that
// an earlier rule shadows.
func TestEveryRuleHasAnExample(t *testing.T) {
	matched := map[string]bool{}
	for _, e := range ruleExamples {
		d, _ := FromProblem(e.Problem)
		matched[d.Name] = true
	}
	for _, r := range rules {
		if !matched[r.name] {
			t.Errorf("no example matches rule %q: add one to ruleExamples", r.name)
		}
	}
}

// TestImageNames uses images whose names contain the words of other rules.
func TestImageNames(t *testing.T) {
	for _, image := range []string{
		"zenmldocker/zenml-server:2026.4294", "429/too-many-requests:rate-limit", "denied.example.com/timeout/eof:unauthorized", "x509:429",
		"r.example.com:429/i/o@sha256:4294294294294294294294294294294294294294294294294294294294294294", "not/found:certificate",
	} {
		for text, rule := range map[string]string{
			`failed to pull and unpack image "%": failed to resolve reference "%": %: not found`:                                                                                "image missing",
			`failed to pull and unpack image "%": failed to copy: httpReadSeeker: failed open: unexpected status code https://r.io/v2/%/manifests/sha256:4294: 502 Bad Gateway`: "image",
			`failed to pull and unpack image "%": mkdir /var/lib/containerd/denied: permission denied`:                                                                          "image",
			`failed to resolve reference "%": failed to do request: Head "https://%": dial tcp: lookup denied on 10.0.0.429:53: no such host`:                                   "image unreachable",
			`failed to resolve reference "%": failed to do request: Head "https://%": net/http: TLS handshake timeout`:                                                          "image unreachable",
			`failed to resolve reference "%": failed to do request: Head "https://%": dial tcp 10.0.0.4:429: i/o timeout`:                                                       "image unreachable",
			`failed to resolve reference "%": failed to do request: Head "https://%": EOF`:                                                                                      "image unreachable",
			`failed to resolve reference "%": failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://%?scope=429: 403 Forbidden`:   "image unauthorized",
			`reading manifest 1 in %: denied`: "image unauthorized",
			`failed to resolve reference "%": unexpected status from HEAD request to https://%: 429 Too Many Requests`:                                                     "image rate limit",
			`unexpected status code https://r.io/v2/%/manifests/sha256:1: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit.`: "image rate limit",
			`reading manifest 1 in %: toomanyrequests: Rate exceeded`:                                                                                                      "image rate limit",
		} {
			text = strings.ReplaceAll(text, "%", image)
			if d, _ := FromProblem(Problem{Reason: "ErrImagePull", Image: image, Text: text}); d.Name != rule {
				t.Errorf("%s: rule %q, want %q", text, d.Name, rule)
			}
		}
	}
	if d, _ := FromProblem(Problem{Reason: "ErrImagePull", Image: "denied", Text: `failed to pull and unpack image "denied": not found`}); d.Name != "image missing" {
		t.Errorf("an image named denied: rule %q", d.Name)
	}
}

// TestGraces requires that a problem stops the install within 10 s, except for
// those that often resolve.
func TestGraces(t *testing.T) {
	passes := map[string]bool{"image unreachable": true, "image": true, "sandbox": true, "creation": true}
	names := map[string]bool{}
	for _, r := range rules {
		if names[r.name] {
			t.Errorf("two rules are named %q", r.name)
		}
		names[r.name] = true
		if r.grace > 8*time.Second && !passes[r.name] {
			t.Errorf("%s: grace %s", r.name, r.grace)
		}
		if r.summary == "" || r.remedy == "" {
			t.Errorf("%s: no summary or remedy", r.name)
		}
	}
}
