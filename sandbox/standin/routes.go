package standin

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
)

const defaultAuthScheme = "OAUTH2_PASSWORD_BEARER"

// routes returns the handler of all paths. The server accepts requests with and
// without the root path, since only some proxies strip it.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", s.alive)
	mux.HandleFunc("GET /ready", s.alive)
	mux.HandleFunc("GET /api/v1/info", s.info)
	if s.canActive {
		mux.HandleFunc("PUT /api/v1/activate", s.activate)
	}
	mux.HandleFunc("POST /api/v1/login", s.login)
	mux.HandleFunc("GET /api/v1/current-user", s.currentUser)
	mux.HandleFunc("/api/", func(w http.ResponseWriter, _ *http.Request) { fail(w, http.StatusNotFound, "Not Found") })
	mux.HandleFunc("GET /activate-server", s.activationPage)
	mux.HandleFunc("/", s.dashboard)
	return s.secureHeaders(s.stripRoot(mux))
}

func (s *Server) stripRoot(next http.Handler) http.Handler {
	if s.basePath == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rest, found := strings.CutPrefix(r.URL.Path, s.basePath); found && (rest == "" || rest[0] == '/') {
			r = r.Clone(r.Context())
			r.URL.Path, r.URL.RawPath = "/"+strings.TrimPrefix(rest, "/"), ""
		}
		next.ServeHTTP(w, r)
	})
}

// alive serves the probes without the database: in plain text, or as JSON for
// the legacy chart.
func (s *Server) alive(w http.ResponseWriter, _ *http.Request) {
	if older(s.env.Version(), "0.94.2") {
		answer(w, http.StatusOK, "OK")
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "ok")
}

// answer sends a value as JSON.
func answer(w http.ResponseWriter, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{"detail":"Internal Server Error"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// fail sends an error in the server's format: {"detail": …} with a text or
// [class, text].
func fail(w http.ResponseWriter, status int, detail ...string) {
	if len(detail) == 1 {
		answer(w, status, map[string]any{"detail": detail[0]})
		return
	}
	answer(w, status, map[string]any{"detail": detail})
}

// failStore responds to a request after a database error.
func (s *Server) failStore(w http.ResponseWriter, err error) {
	s.log.traceback("handle_request", err)
	var py *pyError
	if errors.As(err, &py) {
		fail(w, http.StatusInternalServerError, py.class, py.text)
		return
	}
	fail(w, http.StatusInternalServerError, "Internal Server Error")
}
