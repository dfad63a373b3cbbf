package checks

import (
	"strings"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/peers"
)

const azureClient = "66666666-7777-8888-9999-000000000000"

func inAzure(tenant string, change ...func(*answers.AzureStore)) answers.SecretsStore {
	s := answers.AzureStore{AuthMethod: answers.AzureServicePrincipal, KeyVaultName: "zenml-vault", TenantID: tenant, ClientID: azureClient, ClientSecret: plain(canary)}
	for _, c := range change {
		c(&s)
	}
	return answers.SecretsStore{Type: answers.AzureSecrets, Azure: s}
}

// withAzure leads the environment to the protocol server, under Azure's own
// names.
func withAzure(a *peers.Azure, store answers.SecretsStore) *Env {
	return withStore(store, map[string]string{"HTTPS_PROXY": a.Proxy}, func(all *answers.Answers) {
		all.Certificates.CustomCAs = []answers.CustomCA{{Name: "azure", Certificate: plain(a.CA)}}
	})
}

func TestAzureThatServes(t *testing.T) {
	t.Parallel()
	a := peers.StartAzure(t)
	a.App(azureClient, canary, "get", "set", "delete", "purge")
	e := withAzure(a, inAzure(a.Tenant))
	report := ask(t, e, Options{})
	expect(t, report, "secrets.credentials", Pass, "application "+azureClient, "key vault zenml-vault")
	expect(t, report, "secrets.permissions", Pass, "3 rights, proved on a secret that is removed again")
	if there, deleted := a.Secrets("zenml-vault"); len(there)+len(deleted) > 0 {
		t.Errorf("left behind: %v, deleted and kept: %v", there, deleted)
	}
	report = ask(t, e, Options{ReadOnly: true})
	expect(t, report, "secrets.permissions", Skipped, "setSecret/action (set), Microsoft.KeyVault/vaults/secrets/delete (delete)", "there are: Microsoft.KeyVault/vaults/secrets/getSecret/action (get)")
	whole := inAzure(a.Tenant, func(s *answers.AzureStore) {
		*s = answers.AzureStore{AuthMethod: s.AuthMethod, KeyVaultName: s.KeyVaultName, AuthConfig: plain(`{"client_id":"` + azureClient + `","client_secret":"` + canary + `","tenant_id":"` + a.Tenant + `"}`)}
	})
	expect(t, ask(t, withAzure(a, whole), Options{}), "secrets.permissions", Pass)
}

func TestAzureVaultThatKeepsNames(t *testing.T) {
	t.Parallel()
	a := peers.StartAzure(t)
	a.App(azureClient, canary, "get", "set", "delete", "purge")
	a.Vault("zenml-vault", peers.AzureVault{Tenant: a.Tenant, Protected: true, Taken: 1})
	for range 2 {
		expect(t, ask(t, withAzure(a, inAzure(a.Tenant)), Options{}), "secrets.permissions", Pass)
	}
	if there, deleted := a.Secrets("zenml-vault"); len(there) != 0 || len(deleted) != 2 || deleted[0] == deleted[1] {
		t.Errorf("there: %v, deleted and kept: %v", there, deleted)
	}
}

func TestAzurePermissions(t *testing.T) {
	t.Parallel()
	a := peers.StartAzure(t)
	for name, c := range map[string]struct{ may, missing string }{
		"get":    {"set delete", "getSecret/action (get)"},
		"set":    {"get delete", "setSecret/action (set)"},
		"delete": {"get set", "secrets/delete (delete)"},
	} {
		t.Run(name, func(t *testing.T) {
			a.App(azureClient, canary, strings.Fields(c.may)...)
			a.Vault("zenml-vault", peers.AzureVault{Tenant: a.Tenant})
			result := expect(t, ask(t, withAzure(a, inAzure(a.Tenant)), Options{}), "secrets.permissions", Failed, "may not: ", c.missing,
				"Key Vault Secrets Officer", "VAULT=zenml-vault", "ASSIGNEE="+azureClient)
			if n := strings.Count(result.Message, "Microsoft.KeyVault"); n != 1 {
				t.Errorf("%d rights are named: %s", n, result.Message)
			}
			there, _ := a.Secrets("zenml-vault")
			if len(there) > 0 != (name == "delete") || len(there) > 0 && !strings.Contains(result.Message, there[0]) {
				t.Errorf("left behind: %v", there)
			}
		})
	}
	a.App(azureClient, canary)
	expect(t, ask(t, withAzure(a, inAzure(a.Tenant)), Options{ReadOnly: true}), "secrets.permissions", Failed, "may not: Microsoft.KeyVault/vaults/secrets/getSecret/action (get); not proved: ")
}

func TestAzureCredentialFaults(t *testing.T) {
	t.Parallel()
	a := peers.StartAzure(t)
	a.App(azureClient, canary, "get", "set", "delete")
	const late, foreign = "66666666-7777-8888-9999-00000000000a", "99999999-2222-3333-4444-555555555555"
	a.App(late, canary, "get")
	a.Expire(late)
	a.Vault("foreign-vault", peers.AzureVault{Tenant: foreign})
	a.Vault("walled-vault", peers.AzureVault{Tenant: a.Tenant, Wall: "ForbiddenByFirewall"})
	hour := time.Now().Add(time.Hour)
	byToken := func(token string) func(*answers.AzureStore) {
		return func(s *answers.AzureStore) {
			s.AuthMethod, s.Token, s.TenantID, s.ClientID, s.ClientSecret = answers.AzureAccessToken, plain(token), "", "", answers.Source{}
		}
	}
	good := a.Token(azureClient, a.Tenant, "https://vault.azure.net", hour)
	other := a.Token(azureClient, a.Tenant, "https://management.azure.com", hour)
	old := a.Token(azureClient, a.Tenant, "https://vault.azure.net", time.Now().Add(-time.Hour))
	strange := a.Token(azureClient, foreign, "https://vault.azure.net", hour)
	for name, c := range map[string]struct {
		change func(*answers.AzureStore)
		status Status
		say    []string
	}{
		"tenant":         {func(s *answers.AzureStore) { s.TenantID = foreign }, Failed, []string{"there is no tenant " + foreign}},
		"application":    {func(s *answers.AzureStore) { s.ClientID = foreign }, Failed, []string{"has no application " + foreign}},
		"secret":         {func(s *answers.AzureStore) { s.ClientSecret = plain("x" + canary) }, Failed, []string{"not one of application", "the secret's value, not its ID"}},
		"expired secret": {func(s *answers.AzureStore) { s.ClientID = late }, Failed, []string{"the client secret has expired"}},
		"vault's tenant": {func(s *answers.AzureStore) { s.KeyVaultName = "foreign-vault" }, Failed, []string{"foreign-vault belongs to another tenant"}},
		"firewall":       {func(s *answers.AzureStore) { s.KeyVaultName = "walled-vault" }, Warned, []string{"the firewall of key vault walled-vault", "az keyvault network-rule add"}},
		"token":          {byToken(good), Warned, []string{"the token is temporary"}},
		"audience":       {byToken(other), Failed, []string{"the token is for https://management.azure.com"}},
		"old token":      {byToken(old), Failed, []string{"the token ended at"}},
		"no token":       {byToken(canary), Failed, []string{"not one of Azure's"}},
		"strange token":  {byToken(strange), Failed, []string{"does not take the token"}},
	} {
		t.Run(name, func(t *testing.T) {
			report := ask(t, withAzure(a, inAzure(a.Tenant, c.change)), Options{}, good, other, old, strange)
			expect(t, report, "secrets.credentials", c.status, c.say...)
		})
	}
	t.Run("vault", func(t *testing.T) {
		// Without the proxy the name is looked up here.
		e := withAzure(a, inAzure(a.Tenant, func(s *answers.AzureStore) { byToken(good)(s); s.KeyVaultName = "no-such-vault" }))
		e.Local.Getenv, e.Resolver = nil, resolver(t, nil)
		expect(t, ask(t, e, Options{}, good), "secrets.credentials", Warned, "there is no host no-such-vault.vault.azure.net", "az keyvault list")
	})
}
