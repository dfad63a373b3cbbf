package azure

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// claims are the claims of a token.
type claims struct {
	Tenant    string `json:"tid"`
	Object    string `json:"oid"`
	App       string `json:"appid"`
	Principal string `json:"upn"`
	Audience  string `json:"aud"`
	Expires   int64  `json:"exp"`
}

// Login gets a token and reads a secret that does not exist: the response shows
// whether the vault exists and accepts the token.
func (s *Store) Login(ctx context.Context) (stores.Identity, error) {
	if err := s.open(); err != nil {
		return stores.Identity{}, err
	}
	token, err := s.tokens.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{scope}})
	if err != nil {
		return stores.Identity{}, s.tokenFault(err)
	}
	c, ok := read(token.Token)
	if !ok {
		return stores.Identity{}, &stores.Fault{
			Summary: "the token is not an Azure access token",
			Remedy:  "get one: az account get-access-token --resource https://vault.azure.net",
		}
	}
	expires := time.Unix(c.Expires, 0)
	if fault := s.judge(c, expires); fault != nil {
		return stores.Identity{}, fault
	}
	if err := s.reach(ctx); err != nil {
		return stores.Identity{}, err
	}
	identity := stores.Identity{
		Who: c.who(), Where: "key vault " + s.config.KeyVaultName + ", tenant " + c.Tenant,
		Same: answers.AzureSecrets + " " + strings.ToLower(s.config.KeyVaultName),
	}
	if fault := s.subscriptionFault(ctx); fault != nil {
		identity.Faults = append(identity.Faults, fault)
	}
	if s.config.Method == answers.AzureAccessToken {
		identity.Expires = expires
		identity.Faults = append(
			identity.Faults,
			&stores.Fault{
				Warn:    true,
				Summary: "the token is temporary: it expires at " + expires.UTC().Format("2006-01-02 15:04 UTC"),
				Reason:  "the server loses access to its secrets store when it expires",
				Remedy:  "set authMethod to service-principal or implicit",
			},
		)
	}
	return identity, nil
}

func (s *Store) judge(c claims, expires time.Time) error {
	switch {
	case c.Expires != 0 && s.machine.Now().After(expires):
		return &stores.Fault{
			Summary: "the token expired at " + expires.UTC().Format("2006-01-02 15:04 UTC"),
			Remedy: "get a new one (az account get-access-token --resource https://vault.azure.net), or set " +
				"authMethod: service-principal",
		}
	case s.config.Method == answers.AzureAccessToken && c.Audience != "" && !strings.Contains(c.Audience, "vault.azure.net") && c.Audience != vaultApp:
		return &stores.Fault{
			Summary: "the token is for " + c.Audience + ", not for key vaults",
			Remedy:  "get one for key vaults: az account get-access-token --resource https://vault.azure.net",
		}
	}
	return nil
}

// vaultApp is the application ID of the Key Vault service.
const vaultApp = "cfa8b339-82a2-471a-a3c9-0fc0be7a4093"

func (c claims) who() string {
	switch {
	case c.Principal != "":
		return c.Principal
	case c.App != "":
		return "application " + c.App + " (object " + c.Object + ")"
	}
	return "object " + c.Object
}

// read parses a token's claims without verification; the vault verifies the token.
func read(token string) (claims, bool) {
	var c claims
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return c, false
	}
	data, err := base64.RawURLEncoding.DecodeString(parts[1])
	return c, err == nil && json.Unmarshal(data, &c) == nil
}

func (s *Store) reach(ctx context.Context) error {
	_, err := s.vault.GetSecret(ctx, "zenml-"+stores.CanaryName(), "", nil)
	if err == nil || absent(err) || denied(err) {
		return nil
	}
	return s.fault(err)
}
