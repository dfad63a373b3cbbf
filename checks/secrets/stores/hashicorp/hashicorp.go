// Package hashicorp knows the secrets store in a HashiCorp Vault, or in an
// OpenBao, which speaks the same.
//
// Everything comes in by Config: the variables that Vault's own tools read
// (VAULT_ADDR, VAULT_TOKEN, VAULT_NAMESPACE and their like) have no effect.
package hashicorp

import (
	"context"
	"strings"
	"time"

	"github.com/hashicorp/vault/api"

	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// Config is what the server logs in with.
type Config struct {
	Method    string // answers.VaultToken and its like
	Address   string
	Namespace string
	Mount     string // of the KV engine; "secret" when empty
	AuthMount string // of the login; the method's usual one when empty
	Token     secret.Text
	RoleID    string
	SecretID  secret.Text
}

// Secrets are the parts that must never show.
func (c Config) Secrets() []secret.Text { return []secret.Text{c.Token, c.SecretID} }

// Placeholder is the address that stands in the chart's defaults.
const Placeholder = "vault.example.com"

// DefaultMount is where the server looks for the KV engine.
const DefaultMount = "secret"

// Store is the secrets store in one mount of a Vault.
type Store struct {
	config  Config
	machine stores.Machine
	vault   *api.Client
	revoke  bool // the token is the check's own
}

// New returns the store. It asks nothing yet.
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

// open makes the client. What the library takes from the environment is
// overwritten.
func (s *Store) open() error {
	client := *s.machine.HTTP
	c, err := api.NewClient(&api.Config{Address: s.config.Address, HttpClient: &client, Timeout: 10 * time.Second, MaxRetries: 1, DisableRedirects: false})
	if err != nil {
		return &stores.Fault{Found: "the address of the Vault cannot be used: " + err.Error(), Remedy: "write it like https://vault.internal.example.com:8200", Cause: err}
	}
	if err := c.SetAddress(s.config.Address); err != nil {
		return &stores.Fault{Found: "the address of the Vault cannot be used: " + err.Error(), Remedy: "write it like https://vault.internal.example.com:8200", Cause: err}
	}
	c.ClearToken()
	c.ClearNamespace()
	s.vault = c
	return nil
}

// inside is the client with the store's namespace.
func (s *Store) inside() *api.Client {
	if s.config.Namespace == "" {
		return s.vault
	}
	return s.vault.WithNamespace(s.config.Namespace)
}

// Close revokes the token of the check's own login.
func (s *Store) Close(ctx context.Context) {
	if !s.revoke {
		return
	}
	ctx, cancel := stores.CleanUp(ctx)
	defer cancel()
	_ = s.inside().Auth().Token().RevokeSelfWithContext(ctx, "") // it ends by itself otherwise
}
