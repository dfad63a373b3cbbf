package hashicorp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hashicorp/vault/api"

	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
)

// fault explains the errors of Vault.
func (s *Store) fault(err error) error {
	f := &stores.Fault{Err: err}
	var refused *api.ResponseError
	if !errors.As(err, &refused) {
		if network := stores.Network(err, s.config.Address, "address"); network != nil {
			return network
		}
		f.Summary, f.Remedy = fmt.Sprintf("%s is not a Vault server: %v", s.config.Address, err), "correct address"
		return f
	}
	says := strings.Join(refused.Errors, ", ")
	switch {
	case strings.Contains(says, "Vault is sealed"):
		f.Summary, f.Remedy = "the Vault at "+s.config.Address+" is sealed", "unseal it: vault operator unseal"
	case refused.StatusCode == http.StatusTooManyRequests, refused.StatusCode >= http.StatusInternalServerError:
		f.Summary, f.Remedy, f.Passing = fmt.Sprintf("Vault reports an internal error (HTTP %d): %s",
			refused.StatusCode,
			says), "try again, and check the log of the Vault server", true
	default:
		f.Summary, f.Remedy = fmt.Sprintf("Vault returned HTTP %d: %s", refused.StatusCode,
			says), "check address, mount and namespace"
	}
	return f
}

// lookupFault explains why a token lookup failed. An unknown namespace returns the
// same error as an unknown path.
func (s *Store) lookupFault(err error) error {
	var refused *api.ResponseError
	if !errors.As(err, &refused) || refused.StatusCode >= http.StatusInternalServerError {
		return s.fault(err)
	}
	if s.config.Namespace != "" && refused.StatusCode == http.StatusNotFound {
		return s.unknownNamespace(err)
	}
	f := &stores.Fault{
		Err:     err,
		Summary: "Vault rejects the token: it is wrong, revoked or expired",
		Remedy:  "create a new one: " + s.newToken(),
	}
	if n := s.config.Namespace; n != "" {
		f.Summary = "Vault rejects the token: it is wrong, revoked, expired, or not from namespace " + n
		f.Remedy = "create a new one in the namespace: " + s.newToken()
	}
	return f
}

func (s *Store) unknownNamespace(err error) error {
	return &stores.Fault{
		Err:     err,
		Summary: fmt.Sprintf("Vault has no namespace %s", s.config.Namespace),
		Remedy:  "correct the namespace: vault namespace list",
	}
}

// namespaceIgnored warns if Vault ignores namespaces, which only Vault Enterprise and
// OpenBao support. A Vault that accepts a namespace that cannot exist ignores them.
func (s *Store) namespaceIgnored(ctx context.Context) *stores.Fault {
	if s.config.Namespace == "" {
		return nil
	}
	nowhere := s.vault.WithNamespace(stores.CanaryName())
	if _, err := nowhere.Auth().Token().LookupSelfWithContext(ctx); err != nil {
		return nil //nolint:nilerr // Vault checks namespaces
	}
	return &stores.Fault{
		Summary: fmt.Sprintf("Vault ignores namespaces: %s has no effect", s.config.Namespace),
		Reason:  "the secrets would be stored next to those of other users", Warn: true,
		Remedy: "remove namespace, or use Vault Enterprise or OpenBao, which support namespaces",
	}
}
