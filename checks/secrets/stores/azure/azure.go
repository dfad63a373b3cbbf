// Package azure tests a secrets store in an Azure key vault.
//
// It reads AZURE_AUTHORITY_HOST through Machine.Getenv, as Azure's SDKs do.
// Like the server, it derives the vault's URL from its name:
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

// Config is the server's configuration of the store.
type Config struct {
	Method         string // such as answers.AzureServicePrincipal; implicit is not supported
	KeyVaultName   string
	TenantID       string
	SubscriptionID string
	ClientID       string
	ClientSecret   secret.Text
	Token          secret.Text
}

// Parse parses the complete configuration, which does not include the vault's name.
func Parse(method, vault, text string) (Config, error) {
	c, err := stores.ParseConfig(text)
	return Config{
		Method: method, KeyVaultName: vault, TenantID: c["tenant_id"], ClientID: c["client_id"],
		ClientSecret: secret.New(c["client_secret"]), Token: secret.New(c["token"]), SubscriptionID: c["subscription_id"],
	}, err
}

// Secrets returns the parts that must be redacted.
func (c Config) Secrets() []secret.Text { return []secret.Text{c.ClientSecret, c.Token} }

// Store is the secrets store in one key vault.
type Store struct {
	config  Config
	machine stores.Machine
	tokens  azcore.TokenCredential
	vault   *azsecrets.Client
}

// New returns the store without making a request.
func New(c Config, m stores.Machine) *Store { return &Store{config: c, machine: m} }

// Close does nothing: Azure's tokens expire.
func (s *Store) Close(context.Context) {}

// Address returns the address of a vault.
func Address(name string) string { return "https://" + name + ".vault.azure.net" }

// scope is the scope of tokens for vaults in Azure's public cloud.
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

// open creates the credential of the method and the client of the vault.
func (s *Store) open() error {
	var err error
	s.tokens = staticToken{s.config.Token, s.machine.Now}
	if s.config.Method == answers.AzureServicePrincipal {
		s.tokens, err = azidentity.NewClientSecretCredential(s.config.TenantID, s.config.ClientID,
			s.config.ClientSecret.Reveal(),
			&azidentity.ClientSecretCredentialOptions{ClientOptions: s.options(), DisableInstanceDiscovery: true})
		if err != nil {
			return &stores.Fault{
				Summary: "the service principal is incomplete: " + err.Error(),
				Remedy:  "set tenantID, clientID and clientSecret",
				Err:     err,
			}
		}
	}
	s.vault, err = azsecrets.NewClient(Address(s.config.KeyVaultName), s.tokens,
		&azsecrets.ClientOptions{ClientOptions: s.options()})
	return err
}

// staticToken is a credential with a given token.
type staticToken struct {
	token secret.Text
	now   func() time.Time
}

// GetToken returns the token. Its expiry is not used: the vault checks the
// token's own.
func (f staticToken) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: f.token.Reveal(), ExpiresOn: f.now().Add(time.Hour)}, nil
}
