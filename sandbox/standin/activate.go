package standin

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
)

// activate serves PUT /api/v1/activate. It needs no login and works once; later
// requests get status 403.
func (s *Server) activate(w http.ResponseWriter, r *http.Request) {
	var body activation
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&body); err != nil {
		fail(
			w,
			http.StatusUnprocessableEntity,
			"ValidationError",
			"the body is not a JSON object of the expected fields",
		)
		return
	}
	admin, err := s.store.activate(r.Context(), body)
	switch {
	case errors.Is(err, errAlreadyActive):
		fail(w, http.StatusForbidden, "IllegalOperationError", "The server is already active.")
	case err != nil:
		s.failStore(w, err)
	case admin == nil:
		answer(w, http.StatusOK, nil)
	default:
		answer(w, http.StatusOK, userModel(admin))
	}
}

// activateUnattended activates an inactive server if the environment asks for it. A missing password means an empty
// one.
func (s *Server) activateUnattended(ctx context.Context) error {
	wanted, err := s.env.truth("ZENML_SERVER_AUTO_ACTIVATE", false)
	if err != nil || !wanted || !s.canActive {
		return err
	}
	name, password := s.env.or("ZENML_DEFAULT_USER_NAME", "default"), s.env["ZENML_DEFAULT_USER_PASSWORD"]
	_, err = s.store.activate(ctx, activation{AdminUsername: &name, AdminPassword: &password})
	if errors.Is(err, errAlreadyActive) {
		return nil
	}
	if err == nil {
		s.log.Info("standin.server:activate:1", "The server was activated with the admin user %s.", name)
	}
	return err
}

// userModel returns a user in the API's format.
func userModel(a *account) map[string]any {
	return map[string]any{
		"id":   a.id,
		"name": a.name,
		"body": map[string]any{
			"active": true, "is_admin": a.isAdmin, "is_service_account": false, "full_name": "", "email_opted_in": nil,
		},
	}
}
