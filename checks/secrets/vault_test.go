package secrets

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/peers"
)

// vaultPolicy returns the policy that the installer prints.
func vaultPolicy(t *testing.T) string {
	t.Helper()
	policies, err := Policies(withStore(inVault("http://127.0.0.1:1", ""), nil).Answers)
	checktest.Must(t, err)
	return string(policies[0].Content)
}

func inVault(address, token string, change ...func(*answers.VaultStore)) answers.SecretsStore {
	v := answers.VaultStore{AuthMethod: answers.VaultToken, Address: address, Token: checktest.Plain(token)}
	for _, c := range change {
		c(&v)
	}
	return answers.SecretsStore{Type: answers.HashiCorpSecrets, HashiCorp: v}
}

// vaultToken creates a periodic token with a policy. more overrides its
// settings.
func vaultToken(t *testing.T, v *peers.Vault, namespace, policy string, more map[string]any) string {
	t.Helper()
	name := "test-" + strings.ToLower(strings.NewReplacer("/", "-", " ", "-").Replace(t.Name()))
	v.WriteIn(t, namespace, "sys/policies/acl/"+name, map[string]any{"policy": policy})
	request := map[string]any{"policies": []string{name}, "period": "768h", "no_parent": true}
	for key, value := range more {
		request[key] = value
	}
	return v.WriteIn(t, namespace, "auth/token/create", request).Auth.ClientToken
}

func TestVault_working(t *testing.T) {
	t.Parallel()
	v := peers.StartVault(t, peers.VaultOptions{TLS: true})
	token := vaultToken(t, v, "", vaultPolicy(t), nil)
	e := withStore(inVault(v.Address, token), nil)
	report := runChecks(t, e, check.Options{}, token)
	checktest.Expect(
		t,
		report,
		"secrets.credentials",
		check.Failed,
		"signed by an unknown CA",
		"certificates.customCAs",
	)
	checktest.Expect(t, report, "secrets.permissions", check.Skipped, "needs secrets.credentials")

	trust := func(a *answers.Answers) {
		a.Certificates.CustomCAs = []answers.CustomCA{{Name: "vault", Certificate: checktest.Plain(v.CA)}}
	}
	e = withStore(inVault(v.Address, token), nil, trust)
	report = runChecks(t, e, check.Options{}, token)
	checktest.Expect(t, report, "secrets.credentials", check.Pass, "test-testvault_working", "mount secret")
	checktest.Expect(t, report, "secrets.permissions", check.Pass, "tested with a secret that was removed")
	if left := v.Keys(t, "secret/metadata/zenml"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	before := v.Keys(t, "sys/policies/acl")
	report = runChecks(t, e, check.Options{ReadOnly: true}, token)
	checktest.Expect(t, report, "secrets.permissions", check.Pass, "queried from Vault")
	if after := v.Keys(t, "sys/policies/acl"); len(after) != len(before) {
		t.Errorf("read-only checks wrote: %v", after)
	}
}

func TestVault_permissions(t *testing.T) {
	t.Parallel()
	v := peers.StartVault(t, peers.VaultOptions{})
	whole := map[string]string{
		"secret/config":           `"create", "update", "read"`,
		"secret/data/zenml/*":     `"create", "update", "read"`,
		"secret/metadata/zenml/*": `"delete"`,
		"auth/token/renew-self":   `"update"`,
	}
	without := func(path, capabilities string) string {
		var b strings.Builder
		for p, c := range whole {
			if p == path {
				c = capabilities
			}
			b.WriteString(`path "` + p + `" { capabilities = [` + c + "] }\n")
		}
		// The default policy would grant renew-self.
		b.WriteString(
			`path "auth/token/lookup-self" { capabilities = ["read"] }` + "\n" +
				`path "sys/capabilities-self" { capabilities = ["update"] }`,
		)
		return b.String()
	}
	for name, c := range map[string]struct{ path, have, missing string }{
		"config": {"secret/config", `"read"`, "update on secret/config"},
		"create": {"secret/data/zenml/*", `"update", "read"`, "create on secret/data/zenml/*"},
		"update": {"secret/data/zenml/*", `"create", "read"`, "update on secret/data/zenml/*"},
		"read":   {"secret/data/zenml/*", `"create", "update"`, "read on secret/data/zenml/*"},
		"delete": {"secret/metadata/zenml/*", `"read"`, "delete on secret/metadata/zenml/*"},
		"renew":  {"auth/token/renew-self", `"read"`, "update on auth/token/renew-self"},
	} {
		t.Run(name, func(t *testing.T) {
			token := vaultToken(t, v, "", without(c.path, c.have), map[string]any{"no_default_policy": true})
			for _, o := range []check.Options{{}, {ReadOnly: true}} {
				report := runChecks(t, withStore(inVault(v.Address, token), nil), o, token)
				result := checktest.Expect(
					t,
					report,
					"secrets.permissions",
					check.Failed,
					"lacks the permissions "+c.missing,
					"vault policy write zenml",
					`path "secret/config"`,
				)
				if strings.Contains(result.Message, "left behind") != (name == "delete" && !o.ReadOnly) {
					t.Errorf("what is left behind: %s", result.Message)
				}
			}
		})
	}
	for _, left := range v.Keys(t, "secret/metadata/zenml") {
		if !strings.HasPrefix(left.(string), "preflight-") {
			t.Errorf("%v", left)
		}
	}
	if left := v.Keys(t, "secret/metadata/zenml"); len(left) != 1 {
		t.Errorf("only the case without the right to delete leaves a secret: %v", left)
	}
}

func TestVault_credentials(t *testing.T) {
	t.Parallel()
	v := peers.StartVault(t, peers.VaultOptions{})
	good := vaultToken(t, v, "", vaultPolicy(t), nil)
	revoked := vaultToken(t, v, "", vaultPolicy(t), nil)
	v.Write(t, "auth/token/revoke", map[string]any{"token": revoked})
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	for name, c := range map[string]struct {
		store  answers.SecretsStore
		status check.Status
		say    []string
	}{
		"placeholder": {inVault("https://vault.example.com", good), check.Failed, []string{"placeholder in the chart"}},
		"wrong token": {inVault(v.Address, checktest.Canary), check.Failed, []string{"wrong, revoked or expired"}},
		"revoked":     {inVault(v.Address, revoked), check.Failed, []string{"wrong, revoked or expired"}},
		"refused":     {inVault(closed.URL, good), check.Warned, []string{"connection refused"}},
		"private": {
			inVault("http://vault.vault.svc:8200", good), check.Warned, []string{"cannot resolve vault.vault.svc"},
		},
		"not TLS": {
			inVault(strings.Replace(v.Address, "http:", "https:", 1), good), check.Failed,
			[]string{"does not speak TLS"},
		},
		"root": {inVault(v.Address, v.Root.Token()), check.Warned, []string{"root token", "vault token create"}},
		"AppRole": {inVault(v.Address, "", func(s *answers.VaultStore) {
			s.AuthMethod = answers.VaultAppRole
			s.Token = answers.Source{}
			s.RoleID = "no-such"
			s.SecretID = checktest.Plain(checktest.Canary)
		}), check.Failed, []string{"the AppRole auth method is not mounted at approle"}},
		"AWS": {inVault(v.Address, "", func(s *answers.VaultStore) {
			s.AuthMethod, s.Token, s.AWSRole = answers.VaultAWS, answers.Source{}, "zenml"
		}), check.Skipped, []string{"which only a pod has"}},
		"namespace": {
			inVault(v.Address, good, func(s *answers.VaultStore) { s.Namespace = "no-such" }), check.Failed,
			[]string{"no namespace no-such", "vault namespace list"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := withStore(c.store, nil)
			if name == "private" {
				e.Resolver = checktest.Resolver(t, nil)
			}
			report := runChecks(t, e, check.Options{}, good, revoked)
			checktest.Expect(t, report, "secrets.credentials", c.status, c.say...)
		})
	}
}

func TestVault_expiringTokens(t *testing.T) {
	t.Parallel()
	v := peers.StartVault(t, peers.VaultOptions{})
	for name, c := range map[string]struct {
		more map[string]any
		say  string
	}{
		"not renewable": {
			map[string]any{"period": "", "ttl": "2h", "renewable": false}, "cannot be renewed beyond that",
		},
		"longest":   {map[string]any{"explicit_max_ttl": "24h"}, "cannot be renewed beyond that"},
		"renewable": {map[string]any{"period": "", "ttl": "2h"}, "not beyond Vault's maximum lease"},
	} {
		t.Run(name, func(t *testing.T) {
			token := vaultToken(t, v, "", vaultPolicy(t), c.more)
			report := runChecks(t, withStore(inVault(v.Address, token), nil), check.Options{}, token)
			checktest.Expect(t, report, "secrets.credentials", check.Warned, c.say, "-period=768h")
			checktest.Expect(t, report, "secrets.permissions", check.Pass)
		})
	}
}

func TestVault_sealed(t *testing.T) {
	t.Parallel()
	v := peers.StartVault(t, peers.VaultOptions{})
	v.Write(t, "sys/seal", nil)
	report := runChecks(t, withStore(inVault(v.Address, checktest.Canary), nil), check.Options{})
	checktest.Expect(t, report, "secrets.credentials", check.Failed, "is sealed", "vault operator unseal")
}

func TestVault_appRole(t *testing.T) {
	t.Parallel()
	v := peers.StartVault(t, peers.VaultOptions{})
	v.Write(t, "sys/auth/machines", map[string]any{"type": "approle"})
	v.Write(t, "sys/policies/acl/zenml", map[string]any{"policy": vaultPolicy(t)})
	v.Write(t, "auth/machines/role/zenml", map[string]any{"token_policies": "zenml"})
	role, err := v.Root.Logical().ReadWithContext(t.Context(), "auth/machines/role/zenml/role-id")
	checktest.Must(t, err)
	made := v.Write(t, "auth/machines/role/zenml/secret-id", map[string]any{})
	id, secretID := role.Data["role_id"].(string), made.Data["secret_id"].(string)
	by := func(secretID string) answers.SecretsStore {
		return inVault(v.Address, "", func(s *answers.VaultStore) {
			s.AuthMethod, s.Token, s.AuthMount, s.RoleID, s.SecretID = answers.VaultAppRole, answers.Source{}, "machines", id, checktest.Plain(
				secretID,
			)
		})
	}
	before := len(v.Keys(t, "auth/token/accessors"))
	report := runChecks(t, withStore(by(secretID), nil), check.Options{}, secretID)
	checktest.Expect(t, report, "secrets.credentials", check.Pass, "machines with policies default, zenml")
	checktest.Expect(t, report, "secrets.permissions", check.Pass)
	if after := len(v.Keys(t, "auth/token/accessors")); after != before {
		t.Errorf("%d tokens instead of %d: the check's own is not revoked", after, before)
	}
	report = runChecks(t, withStore(by(checktest.Canary), nil), check.Options{}, secretID)
	checktest.Expect(t, report, "secrets.credentials", check.Failed, "rejects the AppRole",
		"auth/machines/role/ROLE/secret-id")
}

func TestVault_namespace(t *testing.T) {
	t.Parallel()
	v := peers.StartVault(t, peers.VaultOptions{})
	v.Write(t, "sys/namespaces/mlops", nil)
	v.WriteIn(t, "mlops", "sys/mounts/secret", map[string]any{"type": "kv", "options": map[string]any{"version": "2"}})
	token := vaultToken(t, v, "mlops", vaultPolicy(t), nil)
	in := func(token string) answers.SecretsStore {
		return inVault(v.Address, token, func(s *answers.VaultStore) { s.Namespace = "mlops" })
	}
	report := runChecks(t, withStore(in(token), nil), check.Options{}, token)
	checktest.Expect(t, report, "secrets.credentials", check.Pass, "in namespace mlops")
	checktest.Expect(t, report, "secrets.permissions", check.Pass)
	v.Write(t, "sys/namespaces/sales", nil)
	stranger := vaultToken(t, v, "sales", vaultPolicy(t), nil)
	report = runChecks(t, withStore(in(stranger), nil), check.Options{}, stranger)
	checktest.Expect(t, report, "secrets.permissions", check.Failed, "update on secret/config")

	outside := vaultToken(t, v, "", vaultPolicy(t), nil)
	report = runChecks(t, withStore(in(outside), nil), check.Options{}, outside)
	checktest.Expect(t, report, "secrets.permissions", check.Failed, "update on secret/config",
		"vault policy write -namespace=mlops zenml")

	v.WriteIn(t, "mlops", "sys/mounts/old", map[string]any{"type": "kv", "options": map[string]any{"version": "1"}})
	writes, every := `path "secret/data/zenml/*" { capabilities = ["create", "read", "update"] }`, `path "*" { capabilities = ["create", "read", "update", "delete", "list"] }`
	for mount, c := range map[string]struct{ policy, say string }{
		"secret":  {writes, "vault kv metadata delete -namespace=mlops -mount=secret zenml/preflight-"},
		"nowhere": {every, "vault secrets enable -namespace=mlops -path=nowhere kv-v2"},
		"old":     {every, "vault kv enable-versioning -namespace=mlops old"},
	} {
		token := vaultToken(t, v, "mlops", c.policy, nil)
		store := in(token)
		store.HashiCorp.Mount = mount
		checktest.Expect(
			t,
			runChecks(t, withStore(store, nil), check.Options{}, token),
			"secrets.permissions",
			check.Failed,
			c.say,
		)
	}

	// This proxy removes the namespace header, like a Vault without namespaces
	// ignores it.
	deaf := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		forward(t, w, r, v.Address, func(r *http.Request) { r.Header.Del("X-Vault-Namespace") })
	}))
	t.Cleanup(deaf.Close)
	store := in(outside)
	store.HashiCorp.Address = deaf.URL
	report = runChecks(t, withStore(store, nil), check.Options{}, outside)
	checktest.Expect(t, report, "secrets.credentials", check.Warned, "ignores namespaces", "remove namespace")
}

func TestVault_mounts(t *testing.T) {
	t.Parallel()
	v := peers.StartVault(t, peers.VaultOptions{})
	v.Write(t, "sys/mounts/old", map[string]any{"type": "kv", "options": map[string]any{"version": "1"}})
	v.Write(t, "sys/mounts/machines", map[string]any{"type": "transit"})
	all := `path "*" { capabilities = ["create", "read", "update", "delete", "list"] }`
	token := vaultToken(t, v, "", all, nil)
	for mount, say := range map[string]string{
		"old": "version 1", "machines": "type transit, not KV", "nowhere": "no KV version 2 engine is mounted at nowhere",
	} {
		store := inVault(v.Address, token, func(s *answers.VaultStore) { s.Mount = mount })
		report := runChecks(t, withStore(store, nil), check.Options{}, token)
		checktest.Expect(t, report, "secrets.permissions", check.Failed, say)
	}
}
