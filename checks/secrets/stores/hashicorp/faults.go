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

// fault words the errors of the Vault.
func (s *Store) fault(err error) error {
	f := &stores.Fault{Cause: err}
	var refused *api.ResponseError
	if !errors.As(err, &refused) {
		if network := stores.Network(err, s.config.Address, "the Vault's address"); network != nil {
			return network
		}
		f.Found, f.Remedy = fmt.Sprintf("%s does not answer like a Vault: %v", s.config.Address, err), "correct the Vault's address"
		return f
	}
	says := strings.Join(refused.Errors, ", ")
	switch {
	case strings.Contains(says, "Vault is sealed"):
		f.Found, f.Remedy = "the Vault at "+s.config.Address+" is sealed", "vault operator unseal"
	case refused.StatusCode == http.StatusTooManyRequests, refused.StatusCode >= http.StatusInternalServerError:
		f.Found, f.Remedy, f.Passing = fmt.Sprintf("the Vault has a fault of its own (HTTP %d): %s", refused.StatusCode, says), "try again, and look at the Vault's own log", true
	default:
		f.Found, f.Remedy = fmt.Sprintf("the Vault answers HTTP %d: %s", refused.StatusCode, says), "look at the address, the mount and the namespace"
	}
	return f
}

// lookupFault words why a token cannot be asked about: namespaces that are not
// there answer like paths that are not there.
func (s *Store) lookupFault(err error) error {
	var refused *api.ResponseError
	if !errors.As(err, &refused) || refused.StatusCode >= http.StatusInternalServerError {
		return s.fault(err)
	}
	if s.config.Namespace != "" && refused.StatusCode == http.StatusNotFound {
		return s.unknownNamespace(err)
	}
	f := &stores.Fault{Cause: err, Found: "the Vault does not take the token: it is wrong, revoked or expired", Remedy: "make a new one: " + s.newToken()}
	if n := s.config.Namespace; n != "" {
		f.Found = "the Vault does not take the token: it is wrong, revoked, expired, or of another namespace than " + n
		f.Remedy = "make a new one inside the namespace: " + s.newToken()
	}
	return f
}

func (s *Store) unknownNamespace(err error) error {
	return &stores.Fault{Cause: err, Found: fmt.Sprintf("the Vault has no namespace %s", s.config.Namespace), Remedy: "correct the namespace: vault namespace list"}
}

// namespaceIgnored finds out whether the Vault looks at namespaces at all:
// only Vault Enterprise and OpenBao do. One that answers for a namespace that
// cannot be there does not.
func (s *Store) namespaceIgnored(ctx context.Context) *stores.Fault {
	if s.config.Namespace == "" {
		return nil
	}
	nowhere := s.vault.WithNamespace(stores.CanaryName())
	if _, err := nowhere.Auth().Token().LookupSelfWithContext(ctx); err != nil {
		return nil //nolint:nilerr // it looks at them
	}
	return &stores.Fault{
		Found: fmt.Sprintf("the Vault ignores namespaces: %s has no effect", s.config.Namespace),
		Why:   "the secrets would lie beside those of everybody else", Warn: true,
		Remedy: "leave the namespace out, or use a Vault that has them (Vault Enterprise, OpenBao)",
	}
}
