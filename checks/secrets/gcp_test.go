package secrets

import (
	"slices"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/peers"
)

const gcpCreate = "secretmanager.secrets.create"

var gcpOthers = []string{"secretmanager.secrets.get", "secretmanager.secrets.update", "secretmanager.versions.add",
	"secretmanager.versions.access", "secretmanager.secrets.delete"}

func inGCP(method string, change ...func(*answers.GCPStore)) answers.SecretsStore {
	s := answers.GCPStore{AuthMethod: method, ProjectID: "my-project"}
	for _, c := range change {
		c(&s)
	}
	return answers.SecretsStore{Type: answers.GCPSecrets, GCP: s}
}

func byKey(key string) answers.SecretsStore {
	return inGCP(answers.GCPServiceAccount, func(s *answers.GCPStore) { s.ServiceAccountJSON = checktest.Plain(key) })
}

// withGoogle redirects Google's host names to the protocol server with a proxy and a
// custom CA.
func withGoogle(g *peers.Google, store answers.SecretsStore, more ...func(*answers.Answers)) *check.Env {
	return withStore(store, map[string]string{"HTTPS_PROXY": g.Proxy}, append(more, func(a *answers.Answers) {
		a.Certificates.CustomCAs = []answers.CustomCA{{Name: "google", Certificate: checktest.Plain(g.CA)}}
	})...)
}

// privatePart returns a line in the middle of a key.
func privatePart(key string) string {
	_, body, _ := strings.Cut(key, `-----BEGIN PRIVATE KEY-----\n`)
	return body[200:240]
}

func TestGCP_working(t *testing.T) {
	t.Parallel()
	g := peers.StartGoogle(t)
	email, key := g.Account(t, "keeper", []string{gcpCreate}, gcpOthers)
	e := withGoogle(g, byKey(key))
	report := runChecks(t, e, check.Options{}, privatePart(key))
	checktest.Expect(t, report, "secrets.credentials", check.Pass, email, "project my-project")
	checktest.Expect(
		t,
		report,
		"secrets.permissions",
		check.Pass,
		"6 permissions, tested with a secret that was removed",
	)
	report = runChecks(t, e, check.Options{ReadOnly: true}, privatePart(key))
	checktest.Expect(t, report, "secrets.permissions", check.Skipped, "not tested because --read-only",
		"secretmanager.secrets.update", "granted: secretmanager.secrets.create, secretmanager.secrets.get")

	_, editor := g.Account(t, "editor", append([]string{gcpCreate}, gcpOthers...), nil)
	report = runChecks(t, withGoogle(g, byKey(editor)), check.Options{ReadOnly: true}, privatePart(editor))
	checktest.Expect(t, report, "secrets.permissions", check.Pass, "queried for the project")
	whole := answers.SecretsStore{
		Type: answers.GCPSecrets,
		GCP: answers.GCPStore{
			AuthMethod: answers.GCPServiceAccount,
			AuthConfig: checktest.Plain(`{"project_id":"my-project","service_account_json":` + editor + `}`),
		},
	}
	checktest.Expect(t, runChecks(t, withGoogle(g, whole), check.Options{}, privatePart(editor)), "secrets.permissions",
		check.Pass)

	g.DisableResourceManager()
	report = runChecks(t, withGoogle(g, byKey(editor)), check.Options{ReadOnly: true}, privatePart(editor))
	checktest.Expect(t, report, "secrets.permissions", check.Skipped, "not tested",
		"granted: secretmanager.secrets.get")
	if left := g.Secrets(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestGCP_permissions(t *testing.T) {
	t.Parallel()
	g := peers.StartGoogle(t)
	for _, missing := range append([]string{gcpCreate}, gcpOthers...) {
		_, name, _ := strings.Cut(missing, ".")
		t.Run(name, func(t *testing.T) {
			have := slices.DeleteFunc(append([]string{gcpCreate}, gcpOthers...),
				func(p string) bool { return p == missing })
			email, key := g.Account(t, "no-"+strings.ReplaceAll(name, ".", "-"), have, nil)
			report := runChecks(t, withGoogle(g, byKey(key)), check.Options{}, privatePart(key))
			result := checktest.Expect(t, report, "secrets.permissions", check.Failed, "lacks the permissions "+missing,
				"gcloud projects add-iam-policy-binding", "MEMBER=serviceAccount:"+email, "NUMBER=123456789012")
			summary, _, _ := strings.Cut(result.Message, "\n")
			if n := strings.Count(summary, "secretmanager."); n != 1 {
				t.Errorf("%d rights are named: %s", n, result.Message)
			}
			if left := g.Secrets(); len(left) > 0 != (name == "secrets.delete") ||
				len(left) > 0 && !strings.Contains(result.Message, left[0]) {
				t.Errorf("left behind: %v", left)
			}
		})
	}
	_, none := g.Account(t, "nobody", nil, nil)
	report := runChecks(t, withGoogle(g, byKey(none)), check.Options{ReadOnly: true}, privatePart(none))
	checktest.Expect(
		t,
		report,
		"secrets.permissions",
		check.Failed,
		"lacks the permissions secretmanager.secrets.create, secretmanager.secrets.get; not tested: secretmanager.secrets.update",
	)
}

func TestGCP_credentials(t *testing.T) {
	t.Parallel()
	g := peers.StartGoogle(t)
	all := append([]string{gcpCreate}, gcpOthers...)
	keeper, keeperKey := g.Account(t, "keeper", all, nil)
	helper, helperKey := g.Account(t, "helper", nil, nil)
	stranger, strangerKey := g.Account(t, "stranger", nil, nil)
	g.LetAct(helper, keeper)
	token := g.Token(keeper)
	login := g.User(t, keeper, "1//"+checktest.Canary)
	acting := func(key string) answers.SecretsStore {
		return inGCP(answers.GCPImpersonation,
			func(s *answers.GCPStore) { s.ServiceAccountJSON, s.TargetPrincipal = checktest.Plain(key), keeper })
	}
	federated := `{"type":"external_account","audience":"//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/p","subject_token_type":"urn:ietf:params:oauth:token-type:jwt","token_url":"https://sts.googleapis.com/v1/token"}`
	for name, c := range map[string]struct {
		store  answers.SecretsStore
		status check.Status
		say    []string
	}{
		"impersonation": {acting(helperKey), check.Pass, []string{keeper + " (by " + helper + ")"}},
		"may not act": {
			acting(strangerKey), check.Failed,
			[]string{stranger + " cannot impersonate " + keeper, "roles/iam.serviceAccountTokenCreator"},
		},
		"token": {
			inGCP(answers.GCPOAuth2Token, func(s *answers.GCPStore) { s.Token = checktest.Plain(token) }), check.Warned,
			[]string{"the token is temporary: it expires at"},
		},
		"wrong token": {
			inGCP(answers.GCPOAuth2Token, func(s *answers.GCPStore) { s.Token = checktest.Plain(checktest.Canary) }),
			check.Failed, []string{"expired or malformed"},
		},
		"user": {
			inGCP(answers.GCPUserAccount, func(s *answers.GCPStore) { s.UserAccountJSON = checktest.Plain(login) }),
			check.Pass, []string{keeper},
		},
		"revoked user": {inGCP(answers.GCPUserAccount, func(s *answers.GCPStore) {
			s.UserAccountJSON = checktest.Plain(strings.Replace(login, checktest.Canary, "other-"+checktest.Canary, 1))
		}), check.Failed, []string{"Token has been expired or revoked"}},
		"federation": {
			inGCP(answers.GCPExternalAccount, func(s *answers.GCPStore) { s.ExternalAccountJSON = checktest.Plain(federated) }),
			check.Skipped, []string{"exists only in the pod"},
		},
		"implicit": {inGCP(answers.ImplicitAuth), check.Skipped, []string{"which only a pod has"}},
		"number": {
			inGCP(answers.GCPServiceAccount, func(s *answers.GCPStore) {
				s.ServiceAccountJSON,
					s.ProjectID = checktest.Plain(keeperKey), g.Number
			}),
			check.Warned, []string{"is the project's number"},
		},
		"project": {
			inGCP(answers.GCPServiceAccount, func(s *answers.GCPStore) {
				s.ServiceAccountJSON,
					s.ProjectID = checktest.Plain(keeperKey), "no-such"
			}),
			check.Failed, []string{"the project no-such does not exist"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			report := runChecks(t, withGoogle(g, c.store), check.Options{}, token, privatePart(keeperKey),
				privatePart(helperKey), privatePart(strangerKey))
			checktest.Expect(t, report, "secrets.credentials", c.status, c.say...)
			if c.status == check.Pass {
				checktest.Expect(t, report, "secrets.permissions", check.Pass)
			}
		})
	}
}

func TestGCP_invalidKeys(t *testing.T) {
	t.Parallel()
	g := peers.StartGoogle(t)
	_, key := g.Account(t, "keeper", nil, nil)
	_, other := g.Account(t, "other", nil, nil)
	gone, goneKey := g.Account(t, "gone", nil, nil)
	g.Forget(gone)
	swapped := strings.Replace(other, "other@", "keeper@", 1) // one account's name with another's key
	for name, c := range map[string]struct{ key, say string }{
		"deleted account": {goneKey, "the service account " + gone},
		"deleted key":     {swapped, "Google does not know the key key-of-other of keeper@"},
		"kind": {
			strings.Replace(key, "service_account", "authorized_user", 1),
			`of type "authorized_user", but authMethod service-account needs service_account`,
		},
		"incomplete": {strings.Replace(key, "private_key_id", "x", 1), "the credentials lack private_key_id"},
		"damaged":    {strings.ReplaceAll(key, `\n`, " "), "line breaks"},
	} {
		t.Run(name, func(t *testing.T) {
			checktest.Expect(t,
				runChecks(t, withGoogle(g, byKey(c.key)), check.Options{}, privatePart(key), privatePart(other)),
				"secrets.credentials", check.Failed, c.say)
		})
	}
	g.Disable()
	checktest.Expect(
		t,
		runChecks(t, withGoogle(g, byKey(key)), check.Options{}, privatePart(key)),
		"secrets.credentials",
		check.Failed,
		"is not enabled",
		"gcloud services enable secretmanager.googleapis.com",
	)
}
