// Package azure knows the secrets store in an Azure key vault.
//
// It honours AZURE_AUTHORITY_HOST, where Machine.Getenv gives it, as Azure's
// own SDKs do. The vault's address is the server's own rule:
// https://NAME.vault.azure.net.
package azure

import (
	"context"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"

	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// Config is what the server logs in with.
type Config struct {
	Method       string // answers.AzureServicePrincipal and its like; implicit is no business of this package
	KeyVaultName string
	TenantID     string
	ClientID     string
	ClientSecret secret.Text
	Token        secret.Text
}

// Parse reads the whole configuration as the server takes it. The vault's name
// stands beside it.
func Parse(method, vault, text string) (Config, error) {
	c, err := stores.ParseConfig(text)
	return Config{
		Method: method, KeyVaultName: vault, TenantID: c["tenant_id"], ClientID: c["client_id"],
		ClientSecret: secret.New(c["client_secret"]), Token: secret.New(c["token"]),
	}, err
}

// Secrets are the parts that must never show.
func (c Config) Secrets() []secret.Text { return []secret.Text{c.ClientSecret, c.Token} }

// Store is the secrets store in one key vault.
type Store struct {
	config  Config
	machine stores.Machine
	tokens  azcore.TokenCredential
	vault   *azsecrets.Client
}

// New returns the store. It asks nothing yet.
func New(c Config, m stores.Machine) *Store { return &Store{config: c, machine: m} }

// Close has nothing to give back: Azure's tokens end by themselves.
func (s *Store) Close(context.Context) {}

// Address is where a vault answers.
func Address(name string) string { return "https://" + name + ".vault.azure.net" }

// scope is what a token for any vault of Azure's public cloud is for.
const scope = "https://vault.azure.net/.default"

func (s *Store) options() policy.ClientOptions {
	public := cloud.AzurePublic
	if host := s.machine.Env("AZURE_AUTHORITY_HOST"); host != "" {
		public.ActiveDirectoryAuthorityHost = host
	}
	return policy.ClientOptions{
		Cloud: public, Transport: s.machine.HTTP,
		Retry:     policy.RetryOptions{MaxRetries: 1, RetryDelay: 300 * time.Millisecond, MaxRetryDelay: time.Second},
		Telemetry: policy.TelemetryOptions{ApplicationID: "zenml-installer"},
	}
}

// open makes the credential of the method and the client of the vault.
func (s *Store) open() error {
	var err error
	s.tokens = fixed{s.config.Token, s.machine.Now}
	if s.config.Method == answers.AzureServicePrincipal {
		s.tokens, err = azidentity.NewClientSecretCredential(s.config.TenantID, s.config.ClientID, s.config.ClientSecret.Reveal(),
			&azidentity.ClientSecretCredentialOptions{ClientOptions: s.options(), DisableInstanceDiscovery: true})
		if err != nil {
			return &stores.Fault{Found: "the service principal is not complete: " + err.Error(), Remedy: "give tenantID, clientID and clientSecret", Cause: err}
		}
	}
	s.vault, err = azsecrets.NewClient(Address(s.config.KeyVaultName), s.tokens, &azsecrets.ClientOptions{ClientOptions: s.options()})
	return err
}

// fixed is the credential that is one token.
type fixed struct {
	token secret.Text
	now   func() time.Time
}

// GetToken returns the token as it is. Its end is its own: the vault judges it.
func (f fixed) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: f.token.Reveal(), ExpiresOn: f.now().Add(time.Hour)}, nil
}
