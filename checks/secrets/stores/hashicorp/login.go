package hashicorp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/vault/api"

	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// minLifetime is the lifetime below which a token that cannot be renewed is reported.
const minLifetime = 30 * 24 * time.Hour

// Login checks that Vault is unsealed, logs in and looks up the token.
func (s *Store) Login(ctx context.Context) (stores.Identity, error) {
	if fault := s.placeholder(); fault != nil {
		return stores.Identity{}, fault
	}
	if err := s.open(); err != nil {
		return stores.Identity{}, err
	}
	if err := s.health(ctx); err != nil {
		return stores.Identity{}, err
	}
	switch s.config.Method {
	case answers.VaultAWS:
		return stores.Identity{}, &stores.Unchecked{
			Reason: "Vault is unsealed; the login needs the pod's AWS identity, which only a pod has",
		}
	case answers.VaultAppRole:
		if err := s.appRole(ctx); err != nil {
			return stores.Identity{}, err
		}
	default:
		s.vault.SetToken(s.config.Token.Reveal())
	}
	return s.identify(ctx)
}

func (s *Store) placeholder() error {
	u, err := url.Parse(s.config.Address)
	if err == nil && strings.EqualFold(u.Hostname(), Placeholder) {
		return &stores.Fault{
			Summary: s.config.Address + " is the placeholder in the chart, not a Vault server",
			Remedy:  "set address to your Vault server",
		}
	}
	return nil
}

func (s *Store) health(ctx context.Context) error {
	health, err := s.vault.Sys().HealthWithContext(ctx)
	if err != nil {
		return s.fault(err)
	}
	switch {
	case !health.Initialized:
		return &stores.Fault{
			Summary: "the Vault at " + s.config.Address + " is not initialized",
			Remedy:  "initialize it: vault operator init",
		}
	case health.Sealed:
		return &stores.Fault{
			Summary: "the Vault at " + s.config.Address + " is sealed",
			Remedy:  "unseal it: vault operator unseal\nauto-unseal keeps it unsealed after a restart",
		}
	}
	return nil
}

func (s *Store) appRole(ctx context.Context) error {
	made, err := s.inside().Logical().WriteWithContext(ctx, "auth/"+s.config.AuthMount+"/login",
		map[string]any{"role_id": s.config.RoleID, "secret_id": s.config.SecretID.Reveal()})
	var refused *api.ResponseError
	if errors.As(err, &refused) && refused.StatusCode < http.StatusInternalServerError {
		says := strings.Join(refused.Errors, ", ")
		f := &stores.Fault{
			Err:     err,
			Summary: "Vault rejects the AppRole: " + says,
			Remedy: fmt.Sprintf(
				"correct roleID and secretID:\n%s auth/%s/role/ROLE/role-id\n%s -f auth/%s/role/ROLE/secret-id",
				s.command("read"), s.config.AuthMount, s.command("write"), s.config.AuthMount),
		}
		if refused.StatusCode == http.StatusNotFound || strings.Contains(says, "no handler") ||
			strings.Contains(says, "unsupported path") ||
			refused.StatusCode == http.StatusForbidden {
			f.Summary = fmt.Sprintf("the AppRole auth method is not mounted at %s%s: %s", s.config.AuthMount,
				s.inNamespace(), says)
			f.Remedy = "correct authMount or namespace: " + s.command("auth list")
		}
		return f
	}
	if err != nil {
		return s.fault(err)
	}
	if made == nil || made.Auth == nil {
		return &stores.Fault{
			Summary: "the AppRole login returned no token",
			Remedy:  "correct authMount: " + s.command("auth list"),
		}
	}
	s.vault.SetToken(made.Auth.ClientToken)
	s.revoke = true
	return nil
}

func (s *Store) inNamespace() string {
	if s.config.Namespace == "" {
		return ""
	}
	return " in namespace " + s.config.Namespace
}

// command returns a vault command for the store's namespace.
func (s *Store) command(words string) string {
	if s.config.Namespace == "" {
		return "vault " + words
	}
	return "vault " + words + " -namespace=" + s.config.Namespace
}

// newToken returns the command that creates a token which can be renewed forever.
func (s *Store) newToken() string {
	return s.command("token create") + " -orphan -period=768h -policy=zenml"
}

// token is the result of a token lookup.
type token struct {
	name      string
	policies  []string
	renewable bool
	ttl       time.Duration
	period    time.Duration
	maxTTL    time.Duration // explicit_max_ttl
}

func (s *Store) identify(ctx context.Context) (stores.Identity, error) {
	found, err := s.inside().Auth().Token().LookupSelfWithContext(ctx)
	if err != nil {
		return stores.Identity{}, s.lookupFault(err)
	}
	t := tokenOf(found)
	identity := stores.Identity{
		Who:   t.name + " with policies " + strings.Join(t.policies, ", "),
		Where: s.config.Address + ", mount " + s.config.Mount + s.inNamespace(),
		Same: strings.Join(
			[]string{answers.HashiCorpSecrets, strings.TrimRight(s.config.Address, "/"), s.config.Namespace,
				s.config.Mount},
			" ",
		),
	}
	if t.ttl > 0 {
		identity.Expires = s.machine.Now().Add(t.ttl)
	}
	identity.Faults = s.findings(t)
	if fault := s.namespaceIgnored(ctx); fault != nil {
		identity.Faults = append(identity.Faults, fault)
	}
	return identity, nil
}

func tokenOf(found *api.Secret) token {
	t := token{name: text(found.Data["display_name"])}
	t.policies, _ = found.TokenPolicies()
	t.renewable, _ = found.TokenIsRenewable()
	t.ttl, _ = found.TokenTTL()
	t.period, t.maxTTL = seconds(found.Data["period"]), seconds(found.Data["explicit_max_ttl"])
	if t.name == "" {
		t.name = "a token"
	}
	return t
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func seconds(v any) time.Duration {
	n, ok := v.(json.Number)
	if !ok {
		return 0
	}
	whole, _ := n.Int64()
	return time.Duration(whole) * time.Second
}

// findings returns what is wrong with a valid token.
func (s *Store) findings(t token) []*stores.Fault {
	var found []*stores.Fault
	if slices.Contains(t.policies, "root") {
		found = append(found, &stores.Fault{
			Warn:    true,
			Summary: "the token is a root token",
			Reason:  "anyone who can read the server's configuration controls Vault",
			Remedy:  "create a token with only the permissions of the store: " + s.newToken(),
		})
	}
	if s.config.Method != answers.VaultToken {
		return found
	}
	forever := "create a token that can be renewed forever: " + s.newToken() + "\nor set authMethod: app-role"
	end := t.ttl
	if t.renewable {
		end = t.maxTTL
	}
	switch {
	case t.ttl == 0:
	case end > 0 && end < minLifetime:
		found = append(
			found,
			&stores.Fault{
				Warn:    true,
				Summary: "the token expires in " + rounded(end) + " and cannot be renewed beyond that",
				Reason:  "the server loses access to its secrets store when it expires",
				Remedy:  forever,
			},
		)
	case t.renewable && t.period == 0 && t.maxTTL == 0:
		found = append(
			found,
			&stores.Fault{
				Warn: true,
				Summary: "the token expires in " + rounded(
					t.ttl) + "; the server renews it, but not beyond Vault's maximum lease (32 days by default)",
				Reason: "the server loses access to its secrets store when it expires",
				Remedy: forever,
			},
		)
	}
	return found
}

func rounded(d time.Duration) string {
	if d > 48*time.Hour {
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	}
	return d.Round(time.Minute).String()
}
