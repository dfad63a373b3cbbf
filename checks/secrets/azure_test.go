package secrets

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/peers"
)

const azureClient = "66666666-7777-8888-9999-000000000000"

func inAzure(tenant string, change ...func(*answers.AzureStore)) answers.SecretsStore {
	s := answers.AzureStore{
		AuthMethod:   answers.AzureServicePrincipal,
		KeyVaultName: "zenml-vault",
		TenantID:     tenant,
		ClientID:     azureClient,
		ClientSecret: checktest.Plain(checktest.Canary),
	}
	for _, c := range change {
		c(&s)
	}
	return answers.SecretsStore{Type: answers.AzureSecrets, Azure: s}
}

// withAzure redirects Azure's host names to the protocol server.
func withAzure(a *peers.Azure, store answers.SecretsStore) *check.Env {
	return withStore(store, map[string]string{"HTTPS_PROXY": a.Proxy}, func(all *answers.Answers) {
		all.Certificates.CustomCAs = []answers.CustomCA{{Name: "azure", Certificate: checktest.Plain(a.CA)}}
	})
}

func TestAzure_working(t *testing.T) {
	t.Parallel()
	a := peers.StartAzure(t)
	a.App(azureClient, checktest.Canary, "get", "set", "delete", "purge")
	e := withAzure(a, inAzure(a.Tenant))
	report := runChecks(t, e, check.Options{})
	checktest.Expect(t, report, "secrets.credentials", check.Pass, "application "+azureClient, "key vault zenml-vault")
	checktest.Expect(
		t,
		report,
		"secrets.permissions",
		check.Pass,
		"3 permissions, tested with a secret that was removed",
	)
	if there, deleted := a.Secrets("zenml-vault"); len(there)+len(deleted) > 0 {
		t.Errorf("left behind: %v, deleted and kept: %v", there, deleted)
	}
	report = runChecks(t, e, check.Options{ReadOnly: true})
	checktest.Expect(t, report, "secrets.permissions", check.Skipped,
		"setSecret/action (set), Microsoft.KeyVault/vaults/secrets/delete (delete)",
		"granted: Microsoft.KeyVault/vaults/secrets/getSecret/action (get)")
	whole := inAzure(a.Tenant, func(s *answers.AzureStore) {
		*s = answers.AzureStore{
			AuthMethod:   s.AuthMethod,
			KeyVaultName: s.KeyVaultName,
			AuthConfig: checktest.Plain(
				`{"client_id":"` + azureClient + `","client_secret":"` + checktest.Canary + `","tenant_id":"` +
					a.Tenant + `"}`,
			),
		}
	})
	checktest.Expect(t, runChecks(t, withAzure(a, whole), check.Options{}), "secrets.permissions", check.Pass)
}

// TestAzure_subscription covers service principals without a role in a
// subscription, with which the server does not start.
func TestAzure_subscription(t *testing.T) {
	t.Parallel()
	a := peers.StartAzure(t)
	a.App(azureClient, checktest.Canary, "get", "set", "delete", "purge")
	of := func(id string) answers.SecretsStore {
		return inAzure(a.Tenant, func(s *answers.AzureStore) {
			*s = answers.AzureStore{AuthMethod: s.AuthMethod, KeyVaultName: s.KeyVaultName, AuthConfig: checktest.Plain(
				`{"client_id":"` + azureClient + `","client_secret":"` + checktest.Canary + `","tenant_id":"` +
					a.Tenant + `","subscription_id":"` + id + `"}`)}
		})
	}
	for name, c := range map[string]struct {
		httpStatus int
		hidden     bool
		store      answers.SecretsStore
		status     check.Status
		say        []string
	}{
		"visible": {http.StatusOK, false, of(peers.Subscription), check.Pass, nil},
		"none": {http.StatusOK, true, inAzure(a.Tenant), check.Warned,
			[]string{"sees no Azure subscription", "--role Reader"}},
		"another": {http.StatusOK, false, of("other"), check.Warned,
			[]string{"does not see the subscription other"}},
		"no answer":     {http.StatusInternalServerError, true, inAzure(a.Tenant), check.Pass, nil},
		"not permitted": {http.StatusForbidden, true, inAzure(a.Tenant), check.Pass, nil},
	} {
		a.Management(c.httpStatus, c.hidden)
		t.Log(name)
		report := runChecks(t, withAzure(a, c.store), check.Options{Only: []string{"secrets.credentials"}})
		checktest.Expect(t, report, "secrets.credentials", c.status, c.say...)
	}
}

func TestAzure_softDelete(t *testing.T) {
	t.Parallel()
	a := peers.StartAzure(t)
	a.App(azureClient, checktest.Canary, "get", "set", "delete", "purge")
	a.Vault("zenml-vault", peers.AzureVault{Tenant: a.Tenant, Protected: true, Taken: 1})
	for range 2 {
		checktest.Expect(
			t,
			runChecks(t, withAzure(a, inAzure(a.Tenant)), check.Options{}),
			"secrets.permissions",
			check.Pass,
		)
	}
	if there, deleted := a.Secrets("zenml-vault"); len(there) != 0 || len(deleted) != 2 || deleted[0] == deleted[1] {
		t.Errorf("there: %v, deleted and kept: %v", there, deleted)
	}
}

func TestAzure_permissions(t *testing.T) {
	t.Parallel()
	a := peers.StartAzure(t)
	for name, c := range map[string]struct{ may, missing string }{
		"get":    {"set delete", "getSecret/action (get)"},
		"set":    {"get delete", "setSecret/action (set)"},
		"delete": {"get set", "secrets/delete (delete)"},
	} {
		t.Run(name, func(t *testing.T) {
			a.App(azureClient, checktest.Canary, strings.Fields(c.may)...)
			a.Vault("zenml-vault", peers.AzureVault{Tenant: a.Tenant})
			result := checktest.Expect(t, runChecks(t, withAzure(a, inAzure(a.Tenant)), check.Options{}),
				"secrets.permissions", check.Failed, "lacks the permissions", c.missing, "Key Vault Secrets Officer",
				"VAULT=zenml-vault", "ASSIGNEE="+azureClient)
			if n := strings.Count(result.Message, "Microsoft.KeyVault"); n != 1 {
				t.Errorf("%d rights are named: %s", n, result.Message)
			}
			there, _ := a.Secrets("zenml-vault")
			if len(there) > 0 != (name == "delete") || len(there) > 0 && !strings.Contains(result.Message, there[0]) {
				t.Errorf("left behind: %v", there)
			}
		})
	}
	a.App(azureClient, checktest.Canary)
	checktest.Expect(
		t,
		runChecks(t, withAzure(a, inAzure(a.Tenant)), check.Options{ReadOnly: true}),
		"secrets.permissions",
		check.Failed,
		"lacks the permissions Microsoft.KeyVault/vaults/secrets/getSecret/action (get); not tested: ",
	)
}

func TestAzure_credentials(t *testing.T) {
	t.Parallel()
	a := peers.StartAzure(t)
	a.App(azureClient, checktest.Canary, "get", "set", "delete")
	const late, foreign = "66666666-7777-8888-9999-00000000000a", "99999999-2222-3333-4444-555555555555"
	a.App(late, checktest.Canary, "get")
	a.Expire(late)
	a.Vault("foreign-vault", peers.AzureVault{Tenant: foreign})
	a.Vault("walled-vault", peers.AzureVault{Tenant: a.Tenant, Wall: "ForbiddenByFirewall"})
	hour := time.Now().Add(time.Hour)
	byToken := func(token string) func(*answers.AzureStore) {
		return func(s *answers.AzureStore) {
			s.AuthMethod, s.Token, s.TenantID, s.ClientID, s.ClientSecret = answers.AzureAccessToken, checktest.Plain(
				token), "", "", answers.Source{}
		}
	}
	good := a.Token(azureClient, a.Tenant, "https://vault.azure.net", hour)
	other := a.Token(azureClient, a.Tenant, "https://management.azure.com", hour)
	old := a.Token(azureClient, a.Tenant, "https://vault.azure.net", time.Now().Add(-time.Hour))
	strange := a.Token(azureClient, foreign, "https://vault.azure.net", hour)
	for name, c := range map[string]struct {
		change func(*answers.AzureStore)
		status check.Status
		say    []string
	}{
		"tenant": {
			func(s *answers.AzureStore) { s.TenantID = foreign }, check.Failed,
			[]string{"the tenant " + foreign + " does not exist"},
		},
		"application": {
			func(s *answers.AzureStore) { s.ClientID = foreign }, check.Failed,
			[]string{"has no application " + foreign},
		},
		"secret": {
			func(s *answers.AzureStore) { s.ClientSecret = checktest.Plain("x" + checktest.Canary) }, check.Failed,
			[]string{"does not belong to application", "the secret's value, not its ID"},
		},
		"expired secret": {
			func(s *answers.AzureStore) { s.ClientID = late }, check.Failed, []string{"the client secret has expired"},
		},
		"vault's tenant": {
			func(s *answers.AzureStore) { s.KeyVaultName = "foreign-vault" }, check.Failed,
			[]string{"foreign-vault does not belong to the tenant"},
		},
		"firewall": {
			func(s *answers.AzureStore) { s.KeyVaultName = "walled-vault" }, check.Warned,
			[]string{"the firewall of the key vault walled-vault", "az keyvault network-rule add"},
		},
		"token":         {byToken(good), check.Warned, []string{"the token is temporary"}},
		"audience":      {byToken(other), check.Failed, []string{"the token is for https://management.azure.com"}},
		"old token":     {byToken(old), check.Failed, []string{"the token expired at"}},
		"no token":      {byToken(checktest.Canary), check.Failed, []string{"not an Azure access token"}},
		"strange token": {byToken(strange), check.Failed, []string{"rejects the token"}},
	} {
		t.Run(name, func(t *testing.T) {
			report := runChecks(
				t,
				withAzure(a, inAzure(a.Tenant, c.change)),
				check.Options{},
				good,
				other,
				old,
				strange,
			)
			checktest.Expect(t, report, "secrets.credentials", c.status, c.say...)
		})
	}
	t.Run("vault", func(t *testing.T) {
		// Without the proxy this machine resolves the name.
		e := withAzure(a,
			inAzure(a.Tenant, func(s *answers.AzureStore) { byToken(good)(s); s.KeyVaultName = "no-such-vault" }))
		e.Local.Getenv, e.Resolver = nil, checktest.Resolver(t, nil)
		checktest.Expect(t, runChecks(t, e, check.Options{}, good), "secrets.credentials", check.Warned,
			"cannot resolve no-such-vault.vault.azure.net", "az keyvault list")
	})
}
