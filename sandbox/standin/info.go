package standin

import "net/http"

// info serves GET /api/v1/info from the database, without a login.
func (s *Server) info(w http.ResponseWriter, r *http.Request) {
	settings, err := s.store.settings(r.Context())
	if err != nil {
		s.failStore(w, err)
		return
	}
	answer(w, http.StatusOK, map[string]any{
		"id":                  settings.id,
		"name":                settings.name,
		"version":             s.env.Version(),
		"active":              settings.active,
		"debug":               s.env.debug(),
		"deployment_type":     s.env.or("ZENML_SERVER_DEPLOYMENT_TYPE", "other"),
		"database_type":       s.store.kind,
		"secrets_store_type":  secretsStoreType(s.env, "ZENML_SECRETS_STORE"),
		"auth_scheme":         s.env.or("ZENML_SERVER_AUTH_SCHEME", defaultAuthScheme),
		"server_url":          s.env["ZENML_SERVER_SERVER_URL"],
		"dashboard_url":       s.env["ZENML_SERVER_DASHBOARD_URL"],
		"analytics_enabled":   settings.analytics,
		"metadata":            map[string]string{},
		"last_user_activity":  nil,
		"pro_dashboard_url":   nil,
		"pro_api_url":         nil,
		"pro_organization_id": nil, "pro_organization_name": nil,
		"pro_workspace_id": nil, "pro_workspace_name": nil,
	})
}
