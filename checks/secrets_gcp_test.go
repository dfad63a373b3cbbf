package checks

import (
	"slices"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/peers"
)

const gcpCreate = "secretmanager.secrets.create"

var gcpOthers = []string{"secretmanager.secrets.get", "secretmanager.secrets.update", "secretmanager.versions.add", "secretmanager.versions.access", "secretmanager.secrets.delete"}

func inGCP(method string, change ...func(*answers.GCPStore)) answers.SecretsStore {
	s := answers.GCPStore{AuthMethod: method, ProjectID: "my-project"}
	for _, c := range change {
		c(&s)
	}
	return answers.SecretsStore{Type: answers.GCPSecrets, GCP: s}
}

func byKey(key string) answers.SecretsStore {
	return inGCP(answers.GCPServiceAccount, func(s *answers.GCPStore) { s.ServiceAccountJSON = plain(key) })
}

// withGoogle leads the environment to the protocol server, under Google's own
// names: by a proxy, and with its authority among the custom ones.
func withGoogle(g *peers.Google, store answers.SecretsStore, more ...func(*answers.Answers)) *Env {
	return withStore(store, map[string]string{"HTTPS_PROXY": g.Proxy}, append(more, func(a *answers.Answers) {
		a.Certificates.CustomCAs = []answers.CustomCA{{Name: "google", Certificate: plain(g.CA)}}
	})...)
}

// privatePart is a line from the middle of a key.
func privatePart(key string) string {
	_, body, _ := strings.Cut(key, `-----BEGIN PRIVATE KEY-----\n`)
	return body[200:240]
}

func TestGCPThatServes(t *testing.T) {
	t.Parallel()
	g := peers.StartGoogle(t)
	email, key := g.Account(t, "keeper", []string{gcpCreate}, gcpOthers)
	e := withGoogle(g, byKey(key))
	report := ask(t, e, Options{}, privatePart(key))
	expect(t, report, "secrets.credentials", Pass, email, "project my-project")
	expect(t, report, "secrets.permissions", Pass, "6 rights, proved on a secret that is removed again")
	report = ask(t, e, Options{ReadOnly: true}, privatePart(key))
	expect(t, report, "secrets.permissions", Skipped, "not proved, under --read-only", "secretmanager.secrets.update", "there are: secretmanager.secrets.create, secretmanager.secrets.get")

	_, editor := g.Account(t, "editor", append([]string{gcpCreate}, gcpOthers...), nil)
	report = ask(t, withGoogle(g, byKey(editor)), Options{ReadOnly: true}, privatePart(editor))
	expect(t, report, "secrets.permissions", Pass, "asked of the project")
	whole := answers.SecretsStore{Type: answers.GCPSecrets, GCP: answers.GCPStore{AuthMethod: answers.GCPServiceAccount, AuthConfig: plain(`{"project_id":"my-project","service_account_json":` + editor + `}`)}}
	expect(t, ask(t, withGoogle(g, whole), Options{}, privatePart(editor)), "secrets.permissions", Pass)

	g.DisableResourceManager()
	report = ask(t, withGoogle(g, byKey(editor)), Options{ReadOnly: true}, privatePart(editor))
	expect(t, report, "secrets.permissions", Skipped, "not proved", "there are: secretmanager.secrets.get")
	if left := g.Secrets(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestGCPPermissions(t *testing.T) {
	t.Parallel()
	g := peers.StartGoogle(t)
	for _, missing := range append([]string{gcpCreate}, gcpOthers...) {
		_, name, _ := strings.Cut(missing, ".")
		t.Run(name, func(t *testing.T) {
			have := slices.DeleteFunc(append([]string{gcpCreate}, gcpOthers...), func(p string) bool { return p == missing })
			email, key := g.Account(t, "no-"+strings.ReplaceAll(name, ".", "-"), have, nil)
			report := ask(t, withGoogle(g, byKey(key)), Options{}, privatePart(key))
			result := expect(t, report, "secrets.permissions", Failed, "may not: "+missing, "gcloud projects add-iam-policy-binding", "MEMBER=serviceAccount:"+email, "NUMBER=123456789012")
			if n := strings.Count(result.Message, "secretmanager."); n != 1 {
				t.Errorf("%d rights are named: %s", n, result.Message)
			}
			if left := g.Secrets(); len(left) > 0 != (name == "secrets.delete") || len(left) > 0 && !strings.Contains(result.Message, left[0]) {
				t.Errorf("left behind: %v", left)
			}
		})
	}
	_, none := g.Account(t, "nobody", nil, nil)
	report := ask(t, withGoogle(g, byKey(none)), Options{ReadOnly: true}, privatePart(none))
	expect(t, report, "secrets.permissions", Failed, "may not: secretmanager.secrets.create, secretmanager.secrets.get; not proved: secretmanager.secrets.update")
}

func TestGCPMethods(t *testing.T) {
	t.Parallel()
	g := peers.StartGoogle(t)
	all := append([]string{gcpCreate}, gcpOthers...)
	keeper, keeperKey := g.Account(t, "keeper", all, nil)
	helper, helperKey := g.Account(t, "helper", nil, nil)
	stranger, strangerKey := g.Account(t, "stranger", nil, nil)
	g.LetAct(helper, keeper)
	token := g.Token(keeper)
	login := g.User(t, keeper, "1//"+canary)
	acting := func(key string) answers.SecretsStore {
		return inGCP(answers.GCPImpersonation, func(s *answers.GCPStore) { s.ServiceAccountJSON, s.TargetPrincipal = plain(key), keeper })
	}
	federated := `{"type":"external_account","audience":"//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/p","subject_token_type":"urn:ietf:params:oauth:token-type:jwt","token_url":"https://sts.googleapis.com/v1/token"}`
	for name, c := range map[string]struct {
		store  answers.SecretsStore
		status Status
		say    []string
	}{
		"impersonation": {acting(helperKey), Pass, []string{keeper + " (by " + helper + ")"}},
		"may not act":   {acting(strangerKey), Failed, []string{stranger + " may not act as " + keeper, "roles/iam.serviceAccountTokenCreator"}},
		"token":         {inGCP(answers.GCPOAuth2Token, func(s *answers.GCPStore) { s.Token = plain(token) }), Warned, []string{"the token is temporary: it ends at"}},
		"wrong token":   {inGCP(answers.GCPOAuth2Token, func(s *answers.GCPStore) { s.Token = plain(canary) }), Failed, []string{"expired or malformed"}},
		"user":          {inGCP(answers.GCPUserAccount, func(s *answers.GCPStore) { s.UserAccountJSON = plain(login) }), Pass, []string{keeper}},
		"revoked user": {inGCP(answers.GCPUserAccount, func(s *answers.GCPStore) {
			s.UserAccountJSON = plain(strings.Replace(login, canary, "other-"+canary, 1))
		}), Failed, []string{"Token has been expired or revoked"}},
		"federation": {inGCP(answers.GCPExternalAccount, func(s *answers.GCPStore) { s.ExternalAccountJSON = plain(federated) }), Skipped, []string{"a token that only the pod has"}},
		"implicit":   {inGCP(answers.ImplicitAuth), Skipped, []string{"only a pod can prove it"}},
		"number":     {inGCP(answers.GCPServiceAccount, func(s *answers.GCPStore) { s.ServiceAccountJSON, s.ProjectID = plain(keeperKey), g.Number }), Warned, []string{"is the project's number"}},
		"project":    {inGCP(answers.GCPServiceAccount, func(s *answers.GCPStore) { s.ServiceAccountJSON, s.ProjectID = plain(keeperKey), "no-such" }), Failed, []string{"there is no project no-such"}},
	} {
		t.Run(name, func(t *testing.T) {
			report := ask(t, withGoogle(g, c.store), Options{}, token, privatePart(keeperKey), privatePart(helperKey), privatePart(strangerKey))
			expect(t, report, "secrets.credentials", c.status, c.say...)
			if c.status == Pass {
				expect(t, report, "secrets.permissions", Pass)
			}
		})
	}
}

func TestGCPKeysThatDoNotServe(t *testing.T) {
	t.Parallel()
	g := peers.StartGoogle(t)
	_, key := g.Account(t, "keeper", nil, nil)
	_, other := g.Account(t, "other", nil, nil)
	gone, goneKey := g.Account(t, "gone", nil, nil)
	g.Forget(gone)
	swapped := strings.Replace(other, "other@", "keeper@", 1) // one account's name over another's key
	for name, c := range map[string]struct{ key, say string }{
		"deleted account": {goneKey, "there is no service account " + gone},
		"deleted key":     {swapped, "Google does not know key key-of-other of keeper@"},
		"kind":            {strings.Replace(key, "service_account", "authorized_user", 1), `of type "authorized_user", and authMethod service-account takes service_account`},
		"incomplete":      {strings.Replace(key, "private_key_id", "x", 1), "the credentials lack private_key_id"},
		"damaged":         {strings.ReplaceAll(key, `\n`, " "), "line breaks"},
	} {
		t.Run(name, func(t *testing.T) {
			expect(t, ask(t, withGoogle(g, byKey(c.key)), Options{}, privatePart(key), privatePart(other)), "secrets.credentials", Failed, c.say)
		})
	}
	g.Disable()
	expect(t, ask(t, withGoogle(g, byKey(key)), Options{}, privatePart(key)), "secrets.credentials", Failed, "not switched on", "gcloud services enable secretmanager.googleapis.com")
}
