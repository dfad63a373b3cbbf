package standin

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// Server is a running stand-in server: an http.Handler for the caller's listener.
type Server struct {
	env       Env
	store     *store
	jwtKey    []byte
	basePath  string // rootUrlPath without a trailing slash, empty at the root
	canActive bool   // can be activated: not with external authentication
	handler   http.Handler
	log       Log
}

// NewServer starts a server: it checks the settings, opens the store without
// waiting for it, migrates it unless DISABLE_DATABASE_MIGRATION is set, checks
// the settings of the secrets stores without connecting to them, and activates
// itself if the environment requests that. It logs a failure to out as a Python
// traceback and returns it. The caller must close the server.
func NewServer(ctx context.Context, env Env, out io.Writer) (*Server, error) {
	s := &Server{env: env, log: NewLog(env, &lockedWriter{to: out})}
	if err := s.start(ctx); err != nil {
		s.log.traceback("initialize", err)
		s.log.Error("uvicorn.error:startup:1", "Application startup failed. Exiting.")
		return nil, fmt.Errorf("server startup failed: %w", err)
	}
	s.log.Info("uvicorn.error:startup:1", "Application startup complete.")
	return s, nil
}

func (s *Server) start(ctx context.Context) error {
	s.log.Info("standin.server:start:1", "ZenML stand-in server %s", s.env.Version())
	s.log.Info("uvicorn.error:startup:1", "Waiting for application startup.")
	if err := s.env.checkSettings(); err != nil {
		return err
	}
	key, err := signingKey(s.env)
	if err != nil {
		return err
	}
	s.jwtKey = key
	s.basePath = strings.TrimRight(s.env["ZENML_SERVER_ROOT_URL_PATH"], "/")
	s.canActive = s.env.or("ZENML_SERVER_AUTH_SCHEME", defaultAuthScheme) != "EXTERNAL"
	if s.store, err = openStore(ctx, s.env); err != nil {
		return err
	}
	if err := s.prepare(ctx); err != nil {
		_ = s.store.close()
		return err
	}
	s.handler = s.routes()
	return nil
}

// prepare migrates or checks the opened store.
func (s *Server) prepare(ctx context.Context) error {
	noMigration, err := s.env.truth("DISABLE_DATABASE_MIGRATION", false)
	if err != nil {
		return err
	}
	if noMigration {
		err = s.store.requireSchema(ctx, s.env.Version())
	} else {
		err = s.store.migrate(ctx, s.env, s.log)
	}
	if err != nil {
		return err
	}
	for _, prefix := range []string{"ZENML_SECRETS_STORE", "ZENML_BACKUP_SECRETS_STORE"} {
		if err := checkSecretsStore(s.env, prefix); err != nil {
			return err
		}
	}
	if err := s.store.ensureSettings(ctx, s.env); err != nil {
		return err
	}
	return s.activateUnattended(ctx)
}

// Close closes the database.
func (s *Server) Close() error { return s.store.close() }

// ServeHTTP handles and logs one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	logged := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
	s.handler.ServeHTTP(logged, r)
	s.log.Info(
		"uvicorn.access:send:1",
		"%s - \"%s %s HTTP/%d.%d\" %d",
		r.RemoteAddr,
		r.Method,
		r.URL.RequestURI(),
		r.ProtoMajor,
		r.ProtoMinor,
		logged.status,
	)
}

// signingKey returns the key of the tokens: the chart's, or a random one that
// is lost when the process ends.
func signingKey(env Env) ([]byte, error) {
	if key := env["ZENML_SERVER_JWT_SECRET_KEY"]; key != "" {
		return []byte(key), nil
	}
	random := make([]byte, 32)
	if _, err := rand.Read(random); err != nil {
		return nil, err
	}
	return []byte(hex.EncodeToString(random)), nil
}

// statusRecorder records the response's status.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (r *statusRecorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// lockedWriter serializes the lines of concurrent requests.
type lockedWriter struct {
	mu sync.Mutex
	to io.Writer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.to.Write(p)
}
