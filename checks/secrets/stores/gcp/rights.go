package gcp

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
)

// The permissions that the server needs.
const (
	create = "secretmanager.secrets.create"
	get    = "secretmanager.secrets.get"
	update = "secretmanager.secrets.update"
	add    = "secretmanager.versions.add"
	access = "secretmanager.versions.access"
	remove = "secretmanager.secrets.delete"
)

var permissions = []string{create, get, update, add, access, remove}

// Rights tests the permissions with a secret zenml-preflight-…, or queries them.
func (s *Store) Rights(ctx context.Context, write bool) (stores.Rights, error) {
	if !write {
		return s.ask(ctx)
	}
	return s.prove(ctx)
}

// prove creates, uses and deletes a test secret. If it cannot create one it queries
// the other permissions.
func (s *Store) prove(ctx context.Context) (stores.Rights, error) {
	name := "zenml-" + stores.CanaryName()
	var made struct{ Name string }
	err := s.call(ctx, http.MethodPost, s.secretsURL()+"?secretId="+name, map[string]any{
		"replication": map[string]any{"automatic": map[string]any{}}, "labels": map[string]string{"zenml": "preflight"},
	}, &made)
	if denied(err) {
		rights, asked := s.ask(ctx)
		rights.List[0] = state(create, err)
		return rights, asked
	}
	rights := stores.Rights{How: "tested with a secret that was removed"}
	if err != nil {
		rights.Left = s.sweep(ctx, name)
		return rights, s.fault(err)
	}
	s.recordNumber(made.Name + "/")
	rights.List = append(rights.List, state(create, nil))
	calls := s.calls(name)
	for _, permission := range []string{get, update, add, access} {
		err := calls[permission](ctx)
		if permission == access && absent(err) {
			rights.List = append(rights.List, s.askOne(ctx, name, access))
			continue
		}
		if err != nil && !denied(err) {
			rights.Left = s.sweep(ctx, name)
			return rights, s.fault(err)
		}
		rights.List = append(rights.List, state(permission, err))
	}
	clean, cancel := stores.CleanUp(ctx)
	defer cancel()
	gone := calls[remove](clean)
	rights.List = append(rights.List, state(remove, gone))
	if gone != nil && !absent(gone) {
		rights.Left = s.leftover(name)
	}
	return rights, nil
}

func (s *Store) calls(name string) map[string]func(context.Context) error {
	at := s.secretURL(name)
	return map[string]func(context.Context) error{
		get: func(ctx context.Context) error { return s.get(ctx, at, nil) },
		update: func(ctx context.Context) error {
			return s.call(ctx, http.MethodPatch, at+"?updateMask=labels",
				map[string]any{"labels": map[string]string{"zenml": "preflight-again"}}, nil)
		},
		add: func(ctx context.Context) error {
			content := base64.StdEncoding.EncodeToString([]byte("preflight"))
			return s.call(ctx, http.MethodPost, at+":addVersion",
				map[string]any{"payload": map[string]string{"data": content}}, nil)
		},
		access: func(ctx context.Context) error { return s.get(ctx, at+"/versions/latest:access", nil) },
		remove: func(ctx context.Context) error { return s.call(ctx, http.MethodDelete, at, nil, nil) },
	}
}

// askOne queries a permission on the test secret: without a version there is nothing
// to read.
func (s *Store) askOne(ctx context.Context, name, permission string) stores.Right {
	granted, err := s.test(ctx, s.secretURL(name)+":testIamPermissions", permission)
	switch {
	case err != nil:
		return stores.Right{Name: permission}
	case granted[permission]:
		return stores.Right{Name: permission, State: stores.Granted}
	}
	return stores.Right{Name: permission, State: stores.Denied}
}

func (s *Store) sweep(ctx context.Context, name string) string {
	ctx, cancel := stores.CleanUp(ctx)
	defer cancel()
	if err := s.calls(name)[remove](ctx); err != nil && !absent(err) {
		return s.leftover(name)
	}
	return ""
}

func (s *Store) leftover(name string) string {
	return fmt.Sprintf("%s in project %s; remove it: gcloud secrets delete %s --project=%s", name, s.config.ProjectID,
		name, s.config.ProjectID)
}

func denied(err error) bool {
	var refused *apiError
	return errors.As(err, &refused) && refused.Code == http.StatusForbidden
}

func absent(err error) bool {
	var refused *apiError
	return errors.As(err, &refused) && refused.Code == http.StatusNotFound
}

func state(permission string, err error) stores.Right {
	var refused *apiError
	if !errors.As(err, &refused) || refused.Code != http.StatusForbidden {
		return stores.Right{Name: permission, State: stores.Granted}
	}
	right := stores.Right{Name: permission, State: stores.Denied, Words: refused.Message}
	switch text := strings.ToLower(refused.Message); {
	case strings.Contains(text, "vpcservicecontrols"), strings.Contains(text, "vpc service controls"):
		right.Note = "(VPC Service Controls)"
		right.Remedy = "allow the identity and Secret Manager in an ingress rule or access level of the perimeter: " +
			"gcloud access-context-manager perimeters list"
	case strings.Contains(text, "constraint"):
		right.Note = "(organization policy)"
		right.Remedy = "ask the administrator of the organization to change the constraint that Google names: " +
			"gcloud resource-manager org-policies list"
	}
	return right
}
