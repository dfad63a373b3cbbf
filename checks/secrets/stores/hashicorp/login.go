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

// soon is how long a token that cannot be renewed should at least last.
const soon = 30 * 24 * time.Hour

// Login looks whether the Vault is open, logs in by the method and asks about
// the token.
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
		return stores.Identity{}, &stores.Unchecked{Reason: "the Vault answers and is unsealed; the login takes the pod's own AWS identity, which only a pod has"}
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
		return &stores.Fault{Found: s.config.Address + " is the placeholder of the chart, not a Vault", Remedy: "give the address of your own Vault"}
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
		return &stores.Fault{Found: "the Vault at " + s.config.Address + " is not initialised", Remedy: "vault operator init"}
	case health.Sealed:
		return &stores.Fault{Found: "the Vault at " + s.config.Address + " is sealed", Remedy: "vault operator unseal, as often as it takes; auto-unseal keeps it open after a restart"}
	}
	return nil
}

func (s *Store) appRole(ctx context.Context) error {
	made, err := s.inside().Logical().WriteWithContext(ctx, "auth/"+s.config.AuthMount+"/login", map[string]any{"role_id": s.config.RoleID, "secret_id": s.config.SecretID.Reveal()})
	var refused *api.ResponseError
	if errors.As(err, &refused) && refused.StatusCode < http.StatusInternalServerError {
		says := strings.Join(refused.Errors, ", ")
		f := &stores.Fault{Cause: err, Found: "the Vault refuses the AppRole: " + says, Remedy: fmt.Sprintf("%s auth/%s/role/ROLE/role-id; %s -f auth/%s/role/ROLE/secret-id makes a new secret ID", s.command("read"), s.config.AuthMount, s.command("write"), s.config.AuthMount)}
		if refused.StatusCode == http.StatusNotFound || strings.Contains(says, "no handler") || strings.Contains(says, "unsupported path") || refused.StatusCode == http.StatusForbidden {
			f.Found = fmt.Sprintf("no AppRole login is mounted at %s%s: %s", s.config.AuthMount, s.inNamespace(), says)
			f.Remedy = "correct authMount or namespace: " + s.command("auth list")
		}
		return f
	}
	if err != nil {
		return s.fault(err)
	}
	if made == nil || made.Auth == nil {
		return &stores.Fault{Found: "the login of the AppRole gives no token", Remedy: "correct authMount: " + s.command("auth list")}
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

// command is a command of the vault tool inside the store's namespace.
func (s *Store) command(words string) string {
	if s.config.Namespace == "" {
		return "vault " + words
	}
	return "vault " + words + " -namespace=" + s.config.Namespace
}

// newToken is the command that makes a token which is renewed for ever.
func (s *Store) newToken() string {
	return s.command("token create") + " -orphan -period=768h -policy=zenml"
}

// token is what the Vault tells of a token.
type token struct {
	name      string
	policies  []string
	renewable bool
	ttl       time.Duration
	period    time.Duration
	most      time.Duration // explicit_max_ttl
}

func (s *Store) identify(ctx context.Context) (stores.Identity, error) {
	found, err := s.inside().Auth().Token().LookupSelfWithContext(ctx)
	if err != nil {
		return stores.Identity{}, s.lookupFault(err)
	}
	t := tokenOf(found)
	identity := stores.Identity{
		Who: t.name + " with policies " + strings.Join(t.policies, ", "), Where: s.config.Address + ", mount " + s.config.Mount + s.inNamespace(),
		Same: strings.Join([]string{answers.HashiCorpSecrets, strings.TrimRight(s.config.Address, "/"), s.config.Namespace, s.config.Mount}, " "),
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
	t.period, t.most = seconds(found.Data["period"]), seconds(found.Data["explicit_max_ttl"])
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

// findings are what is wrong with a token that works.
func (s *Store) findings(t token) []*stores.Fault {
	var found []*stores.Fault
	if slices.Contains(t.policies, "root") {
		found = append(found, &stores.Fault{Warn: true, Found: "the token is a root token",
			Why: "whoever gets at the server's configuration owns the Vault", Remedy: "make a token with the store's rights alone: " + s.newToken()})
	}
	if s.config.Method != answers.VaultToken {
		return found
	}
	forever := "make one that is renewed for ever: " + s.newToken() + "; or use authMethod app-role"
	end := t.ttl
	if t.renewable {
		end = t.most
	}
	switch {
	case t.ttl == 0:
	case end > 0 && end < soon:
		found = append(found, &stores.Fault{Warn: true, Found: "the token ends in " + rounded(end) + " and cannot be renewed beyond that",
			Why: "when it ends the server loses its secrets store", Remedy: forever})
	case t.renewable && t.period == 0 && t.most == 0:
		found = append(found, &stores.Fault{Warn: true, Found: "the token ends in " + rounded(t.ttl) + "; the server renews it, but no longer than the Vault's longest lease (32 days unless set otherwise)",
			Why: "when it ends the server loses its secrets store", Remedy: forever})
	}
	return found
}

func rounded(d time.Duration) string {
	if d > 48*time.Hour {
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	}
	return d.Round(time.Minute).String()
}
