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

// Server is a started stand-in server. It is an http.Handler; where it listens is the caller's choice.
type Server struct {
	env       Env
	store     *store
	jwtKey    []byte
	basePath  string // rootUrlPath without a trailing slash, empty at the root
	canActive bool   // false where authentication is external
	handler   http.Handler
	out       *lockedWriter
}

// NewServer starts a server: it checks the settings, opens the store (nothing is waited for), migrates
// it unless DISABLE_DATABASE_MIGRATION says otherwise, makes the secrets stores' clients as far as that
// goes without the network, and activates itself where the environment asks for it. A failure is written
// to out as a Python server leaves it in its log, and returned. The caller closes the server.
func NewServer(ctx context.Context, env Env, out io.Writer) (*Server, error) {
	s := &Server{env: env, out: &lockedWriter{to: out}}
	if err := s.start(ctx); err != nil {
		printTraceback(s.out, "initialize", err)
		_, _ = fmt.Fprintln(s.out, "ERROR:    Application startup failed. Exiting.")
		return nil, fmt.Errorf("server startup failed: %w", err)
	}
	_, _ = fmt.Fprintln(s.out, "INFO:     Application startup complete.")
	return s, nil
}

func (s *Server) start(ctx context.Context) error {
	_, _ = fmt.Fprintf(s.out, "INFO:     ZenML stand-in server %s\nINFO:     Waiting for application startup.\n", s.env.Version())
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

// prepare brings the opened store and what hangs on it to the point where requests can be answered.
func (s *Server) prepare(ctx context.Context) error {
	noMigration, err := s.env.truth("DISABLE_DATABASE_MIGRATION", false)
	if err != nil {
		return err
	}
	if noMigration {
		err = s.store.requireSchema(ctx, s.env.Version())
	} else {
		err = s.store.migrate(ctx, s.env, s.out)
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

// Close ends the server's use of the database.
func (s *Server) Close() error { return s.store.close() }

// ServeHTTP answers one request and logs it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	logged := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
	s.handler.ServeHTTP(logged, r)
	_, _ = fmt.Fprintf(s.out, "INFO:     %s - \"%s %s HTTP/%d.%d\" %d %s\n",
		r.RemoteAddr, r.Method, r.URL.RequestURI(), r.ProtoMajor, r.ProtoMinor, logged.status, http.StatusText(logged.status))
}

// signingKey is the key of the tokens: the one the chart sets, or one that ends with the process.
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

// statusRecorder remembers the status that was sent.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (r *statusRecorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// lockedWriter lets requests that run side by side write whole lines.
type lockedWriter struct {
	mu sync.Mutex
	to io.Writer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.to.Write(p)
}
