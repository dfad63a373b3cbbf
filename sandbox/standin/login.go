package standin

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// login serves POST /api/v1/login: it accepts a form with username and password
// and returns an access token.
func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	if err := r.ParseForm(); err != nil || !r.PostForm.Has("username") {
		fail(w, http.StatusUnprocessableEntity, "ValidationError", "username and password are expected, form-encoded")
		return
	}
	user, err := s.store.accountBy(r.Context(), "name", r.PostForm.Get("username"))
	if err != nil && !errors.Is(err, errNoAccount) {
		s.failStore(w, err)
		return
	}
	if err != nil || !user.accepts(r.PostForm.Get("password")) {
		fail(w, http.StatusUnauthorized, "CredentialsNotValid", "Authentication error: invalid username or password")
		return
	}
	s.sendToken(w, r, user)
}

func (s *Server) sendToken(w http.ResponseWriter, r *http.Request, user *account) {
	settings, err := s.store.settings(r.Context())
	if err != nil {
		s.failStore(w, err)
		return
	}
	token, lifetime, err := s.sign(user, settings.id)
	if err != nil {
		s.failStore(w, err)
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: s.cookieName(settings.id), Value: token, Path: "/", Domain: s.env["ZENML_SERVER_AUTH_COOKIE_DOMAIN"],
		HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: int(lifetime.Seconds()),
	})
	reply := map[string]any{"access_token": token, "token_type": "bearer", "expires_in": nil}
	if lifetime > 0 {
		reply["expires_in"] = int(lifetime.Seconds())
	}
	answer(w, http.StatusOK, reply)
}

// sign creates a user's token and returns its lifetime; zero means that it does
// not expire.
func (s *Server) sign(user *account, serverID string) (string, time.Duration, error) {
	minutes, err := s.env.number("ZENML_SERVER_JWT_TOKEN_EXPIRE_MINUTES", 0)
	if err != nil {
		return "", 0, err
	}
	lifetime := time.Duration(minutes) * time.Minute
	claims := jwt.RegisteredClaims{
		Subject:  user.id,
		Issuer:   s.env.or("ZENML_SERVER_JWT_TOKEN_ISSUER", serverID),
		Audience: jwt.ClaimStrings{s.env.or("ZENML_SERVER_JWT_TOKEN_AUDIENCE", serverID)},
		IssuedAt: jwt.NewNumericDate(time.Now()),
	}
	if lifetime > 0 {
		claims.ExpiresAt = jwt.NewNumericDate(time.Now().Add(lifetime))
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(s.jwtKey)
	return token, lifetime, err
}

// currentUser serves GET /api/v1/current-user.
func (s *Server) currentUser(w http.ResponseWriter, r *http.Request) {
	settings, err := s.store.settings(r.Context())
	if err != nil {
		s.failStore(w, err)
		return
	}
	token := s.tokenOf(r, settings.id)
	if token == "" {
		fail(w, http.StatusUnauthorized, "Not authenticated")
		return
	}
	claims := jwt.RegisteredClaims{}
	_, err = jwt.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) { return s.jwtKey, nil },
		jwt.WithValidMethods([]string{"HS256"}),
		jwt.WithIssuer(s.env.or("ZENML_SERVER_JWT_TOKEN_ISSUER", settings.id)),
		jwt.WithAudience(s.env.or("ZENML_SERVER_JWT_TOKEN_AUDIENCE", settings.id)))
	if err != nil {
		unauthorised(w)
		return
	}
	user, err := s.store.accountBy(r.Context(), "id", claims.Subject)
	switch {
	case errors.Is(err, errNoAccount):
		unauthorised(w)
	case err != nil:
		s.failStore(w, err)
	default:
		answer(w, http.StatusOK, userModel(user))
	}
}

// tokenOf returns a request's bearer token, otherwise that in the cookie.
func (s *Server) tokenOf(r *http.Request, serverID string) string {
	if scheme, token, found := strings.Cut(r.Header.Get("Authorization"), " "); found &&
		strings.EqualFold(scheme, "bearer") {
		return token
	}
	if cookie, err := r.Cookie(s.cookieName(serverID)); err == nil {
		return cookie.Value
	}
	return ""
}

func (s *Server) cookieName(serverID string) string {
	return s.env.or("ZENML_SERVER_AUTH_COOKIE_NAME", "zenml-server-"+serverID)
}

func unauthorised(w http.ResponseWriter) {
	w.Header().Set("WWW-Authenticate", "Bearer")
	fail(w, http.StatusUnauthorized, "AuthorizationException", "Authentication error: invalid credentials")
}
