// Package hashicorp tests a secrets store in HashiCorp Vault or OpenBao, which has the
// same API.
//
// It uses only Config: the variables of Vault's own tools (VAULT_ADDR, VAULT_TOKEN,
// VAULT_NAMESPACE and others) have no effect.
package hashicorp

import (
	"context"
	"strings"
	"time"

	"github.com/hashicorp/vault/api"

	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// Config is the server's configuration of the store.
type Config struct {
	Method    string // such as answers.VaultToken
	Address   string
	Namespace string
	Mount     string // of the KV engine; "secret" if empty
	AuthMount string // of the auth method; its default if empty
	Token     secret.Text
	RoleID    string
	SecretID  secret.Text
}

// Secrets returns the parts that must be redacted.
func (c Config) Secrets() []secret.Text { return []secret.Text{c.Token, c.SecretID} }

// Placeholder is the host in the chart's default values.
const Placeholder = "vault.example.com"

// DefaultMount is the server's default mount of the KV engine.
const DefaultMount = "secret"

// Store is the secrets store in one mount of Vault.
type Store struct {
	config  Config
	machine stores.Machine
	vault   *api.Client
	revoke  bool // the check's own login created the token
}

// New returns the store without making a request.
func New(c Config, m stores.Machine) *Store {
	c.Mount = strings.Trim(c.Mount, "/")
	if c.Mount == "" {
		c.Mount = DefaultMount
	}
	c.AuthMount = strings.Trim(c.AuthMount, "/")
	if c.AuthMount == "" {
		c.AuthMount = "approle"
	}
	c.Namespace = strings.Trim(c.Namespace, "/")
	return &Store{config: c, machine: m}
}

// open creates the client and clears what the library reads from the environment.
func (s *Store) open() error {
	client := *s.machine.HTTP
	c, err := api.NewClient(
		&api.Config{
			Address:          s.config.Address,
			HttpClient:       &client,
			Timeout:          10 * time.Second,
			MaxRetries:       1,
			DisableRedirects: false,
		},
	)
	if err != nil {
		return &stores.Fault{
			Summary: "the address of Vault is malformed: " + err.Error(),
			Remedy:  "set address, for example https://vault.internal.example.com:8200",
			Err:     err,
		}
	}
	if err := c.SetAddress(s.config.Address); err != nil {
		return &stores.Fault{
			Summary: "the address of Vault is malformed: " + err.Error(),
			Remedy:  "set address, for example https://vault.internal.example.com:8200",
			Err:     err,
		}
	}
	c.ClearToken()
	c.ClearNamespace()
	s.vault = c
	return nil
}

// inside returns the client with the store's namespace.
func (s *Store) inside() *api.Client {
	if s.config.Namespace == "" {
		return s.vault
	}
	return s.vault.WithNamespace(s.config.Namespace)
}

// Close revokes the token that the check's own login created.
func (s *Store) Close(ctx context.Context) {
	if !s.revoke {
		return
	}
	ctx, cancel := stores.CleanUp(ctx)
	defer cancel()
	_ = s.inside().Auth().Token().RevokeSelfWithContext(ctx, "") // otherwise it expires
}
