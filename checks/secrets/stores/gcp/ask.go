package gcp

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
)

// ask queries the permissions on the project. Conditional bindings may grant
// more on the store's own secrets: reading a secret that does not exist tests
// get, the others are not tested. Only create must be granted on the project.
func (s *Store) ask(ctx context.Context) (stores.Rights, error) {
	rights := stores.Rights{How: "queried for the project (testIamPermissions)"}
	at := s.endpoint("CLOUDRESOURCEMANAGER", "cloudresourcemanager.googleapis.com") + "v1/projects/" + url.PathEscape(
		s.config.ProjectID) + ":testIamPermissions"
	granted, err := s.test(ctx, at, permissions...)
	for _, permission := range permissions {
		right := stores.Right{Name: permission}
		if granted[permission] {
			right.State = stores.Granted
		} else if err == nil && permission == create {
			right.State = stores.Denied
		}
		rights.List = append(rights.List, right)
	}
	if granted[get] {
		return rights, nil
	}
	if err != nil {
		rights.How = "tested with a secret that does not exist, because the project cannot be queried"
	}
	missing := s.calls("zenml-" + stores.CanaryName())[get](ctx)
	if !denied(missing) && !absent(missing) {
		return rights, s.fault(missing)
	}
	rights.List[slices.Index(permissions, get)] = state(get, missing)
	return rights, nil
}

func (s *Store) test(ctx context.Context, address string, wanted ...string) (map[string]bool, error) {
	var answer struct{ Permissions []string }
	if err := s.call(ctx, http.MethodPost, address, map[string]any{"permissions": wanted}, &answer); err != nil {
		return nil, err
	}
	granted := map[string]bool{}
	for _, p := range answer.Permissions {
		granted[p] = true
	}
	return granted, nil
}
