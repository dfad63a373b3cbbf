package azure

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"

	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
)

// The data actions that the server uses, as named in roles. Access policies call them
// get, set and delete.
const (
	get    = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
	set    = "Microsoft.KeyVault/vaults/secrets/setSecret/action"
	remove = "Microsoft.KeyVault/vaults/secrets/delete"
)

var policies = map[string]string{get: "(get)", set: "(set)", remove: "(delete)"}

// Rights tests the permissions with a secret zenml-preflight-…, or reads one that does
// not exist.
func (s *Store) Rights(ctx context.Context, write bool) (stores.Rights, error) {
	if !write {
		return s.ask(ctx)
	}
	return s.prove(ctx)
}

// ask reads a secret that does not exist. Azure has no query for write
// permissions.
func (s *Store) ask(ctx context.Context) (stores.Rights, error) {
	rights := stores.Rights{How: "tested with a secret that does not exist"}
	_, err := s.vault.GetSecret(ctx, "zenml-"+stores.CanaryName(), "", nil)
	if err != nil && !absent(err) && !denied(err) {
		return rights, s.fault(err)
	}
	rights.List = []stores.Right{state(get, err), {Name: set, Note: policies[set]},
		{Name: remove, Note: policies[remove]}}
	return rights, nil
}

// prove creates, reads and deletes a test secret.
func (s *Store) prove(ctx context.Context) (stores.Rights, error) {
	rights := stores.Rights{How: "tested with a secret that was removed"}
	name, err := s.make(ctx)
	if err != nil && !denied(err) {
		rights.Left = s.sweep(ctx, name)
		return rights, s.fault(err)
	}
	made := err == nil
	rights.List = []stores.Right{state(set, err)}
	_, err = s.vault.GetSecret(ctx, name, "", nil)
	if err != nil && !absent(err) && !denied(err) {
		rights.Left = s.sweep(ctx, name)
		return rights, s.fault(err)
	}
	rights.List = append(rights.List, state(get, err))
	clean, cancel := stores.CleanUp(ctx)
	defer cancel()
	_, gone := s.vault.DeleteSecret(clean, name, nil)
	rights.List = append(rights.List, state(remove, gone))
	switch {
	case made && gone == nil:
		s.purge(clean, name)
	case made && !absent(gone):
		rights.Left = s.leftover(name)
	}
	if gone != nil && !absent(gone) && !denied(gone) {
		return rights, s.fault(gone)
	}
	return rights, nil
}

// make creates a secret. If the name is in use, also by a deleted secret, it tries
// another one.
func (s *Store) make(ctx context.Context) (name string, err error) {
	for range 3 {
		name = "zenml-" + stores.CanaryName()
		_, err = s.vault.SetSecret(
			ctx,
			name,
			azsecrets.SetSecretParameters{
				Value: to.Ptr("preflight"),
				Tags:  map[string]*string{"zenml": to.Ptr("preflight")},
			},
			nil,
		)
		if a, ok := answerOf(err); !ok || a.status != http.StatusConflict {
			break
		}
	}
	return name, err
}

// purge deletes the deleted secret permanently if the credentials and the vault
// allow it: otherwise the name is reserved until the retention ends. The vault
// needs a moment after the deletion.
func (s *Store) purge(ctx context.Context, name string) {
	for range 5 {
		_, err := s.vault.PurgeDeletedSecret(ctx, name, nil)
		if a, ok := answerOf(err); err == nil || !ok ||
			a.status != http.StatusConflict && a.status != http.StatusNotFound {
			return
		}
		timer := time.NewTimer(300 * time.Millisecond)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
	}
}

func (s *Store) sweep(ctx context.Context, name string) string {
	ctx, cancel := stores.CleanUp(ctx)
	defer cancel()
	if _, err := s.vault.DeleteSecret(ctx, name, nil); err != nil && !absent(err) {
		return s.leftover(name)
	}
	return ""
}

func (s *Store) leftover(name string) string {
	return fmt.Sprintf("%s in key vault %s; remove it: az keyvault secret delete --vault-name %s --name %s", name,
		s.config.KeyVaultName, s.config.KeyVaultName, name)
}

func state(action string, err error) stores.Right {
	right := stores.Right{Name: action, State: stores.Granted, Note: policies[action]}
	if err != nil && denied(err) {
		a, _ := answerOf(err)
		right.State, right.Words = stores.Denied, a.text
		if strings.Contains(a.inner+a.text, "ForbiddenByPolicy") || strings.Contains(a.text, "disallowed by policy") {
			right.Remedy = "ask the administrator of the subscription to change the Azure Policy that the message " +
				"names: " +
				"az policy assignment list"
		}
	}
	return right
}
