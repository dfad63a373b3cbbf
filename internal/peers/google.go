package peers

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/testcache"
)

// Google is a protocol server of our own, written from Google's REST reference: tokens for signed assertions and refresh
// tokens, token info, impersonation, testIamPermissions, and the part of Secret Manager that a secrets store uses, each
// with its IAM permission. It is not an emulator by Google.
type Google struct {
	Proxy     string // forwards Google's host names to it
	CA        string // of its certificates, PEM
	ProjectID string
	Number    string

	mu       sync.Mutex
	accounts map[string]*googleAccount
	tokens   map[string]string          // account of each token
	secrets  map[string]*googleSecret   // by ID
	disabled bool                       // Secret Manager is disabled
	noIAM    bool                       // the Resource Manager API is disabled
	refresh  map[string]string          // account of each refresh token
	acts     map[string]map[string]bool // accounts that can impersonate others
	rest     http.Handler               // all of it
	gateway  http.Handler               // serves Secret Manager over gRPC, if ServeGRPC was called
}

type googleSecret struct {
	labels   map[string]string
	versions []string
}

// StartGoogle starts the server with one project.
func StartGoogle(t testing.TB) *Google {
	t.Helper()
	return StartGoogleOn(t, loopback)
}

// StartGoogleOn is StartGoogle on an address of this machine that pods reach.
func StartGoogleOn(t testing.TB, host string) *Google {
	t.Helper()
	g := &Google{
		ProjectID: "my-project", Number: "123456789012", accounts: map[string]*googleAccount{},
		tokens:  map[string]string{},
		secrets: map[string]*googleSecret{}, refresh: map[string]string{}, acts: map[string]map[string]bool{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST oauth2.googleapis.com/token", g.token)
	mux.HandleFunc("POST oauth2.googleapis.com/tokeninfo", g.tokenInfo)
	mux.HandleFunc("POST iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{call}", g.impersonate)
	mux.HandleFunc("POST cloudresourcemanager.googleapis.com/v1/projects/{call}", g.testProject)
	const secrets = "secretmanager.googleapis.com/v1/projects/{project}/secrets"
	mux.HandleFunc("POST "+secrets, g.with("secretmanager.secrets.create", g.create))
	mux.HandleFunc("GET "+secrets+"/{id}", g.with("secretmanager.secrets.get", g.get))
	mux.HandleFunc("PATCH "+secrets+"/{id}", g.with("secretmanager.secrets.update", g.update))
	mux.HandleFunc("DELETE "+secrets+"/{id}", g.with("secretmanager.secrets.delete", g.remove))
	mux.HandleFunc("POST "+secrets+"/{call}", g.post)
	mux.HandleFunc("GET "+secrets+"/{id}/versions/{call}", g.with("secretmanager.versions.access", g.access))
	hosts := []string{"oauth2.googleapis.com", "iamcredentials.googleapis.com", "cloudresourcemanager.googleapis.com",
		"secretmanager.googleapis.com"}
	g.rest = mux
	address, ca := ServeTLS(t, host, http.HandlerFunc(g.serve), hosts...)
	leads := map[string]string{}
	for _, h := range hosts {
		leads[h] = address
	}
	g.Proxy, g.CA = ProxyOn(t, host, leads), ca
	return g
}

// serve hands calls in gRPC to the gateway, and all others to the REST API.
func (g *Google) serve(w http.ResponseWriter, r *http.Request) {
	if g.gateway != nil && strings.HasPrefix(r.Header.Get("Content-Type"), "application/grpc") {
		g.gateway.ServeHTTP(w, r)
		return
	}
	g.rest.ServeHTTP(w, r)
}

// ServeGRPC serves Secret Manager over gRPC as well, through a program that .ci/peers builds. It is called before the
// first request.
func (g *Google) ServeGRPC(t testing.TB) {
	t.Helper()
	rest := httptest.NewServer(g.rest)
	t.Cleanup(rest.Close)
	address := loopback + ":" + freePort(t, loopback)
	run(t, address, nil, testcache.Path(t, "secretmanager"), "-listen", address, "-rest", rest.URL)
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: address})
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	transport := &http.Transport{Protocols: protocols}
	t.Cleanup(transport.CloseIdleConnections)
	proxy.Transport, proxy.FlushInterval = transport, -1
	g.gateway = proxy
}

// Secrets lists the IDs of the secrets.
func (g *Google) Secrets() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Sorted(maps.Keys(g.secrets))
}

// Disable disables Secret Manager in the project.
func (g *Google) Disable() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.disabled = true
}

// DisableResourceManager disables the API that reports permissions on a project.
func (g *Google) DisableResourceManager() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.noIAM = true
}

type googleError struct {
	code            int
	status, message string
	reason          string
}

func (e googleError) write(w http.ResponseWriter) {
	body := map[string]any{"code": e.code, "message": e.message, "status": e.status}
	if e.reason != "" {
		body["details"] = []any{map[string]any{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": e.reason,
			"domain": "googleapis.com"}}
	}
	answer(w, e.code, map[string]any{"error": body})
}

// caller returns the account of the request's token.
func (g *Google) caller(w http.ResponseWriter, r *http.Request) (*googleAccount, bool) {
	who := g.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	account, ok := g.accounts[who]
	if !ok {
		googleError{http.StatusUnauthorized, "UNAUTHENTICATED", "Request had invalid authentication credentials.",
			"ACCESS_TOKEN_TYPE_UNSUPPORTED"}.write(w)
	}
	return account, ok
}

// with serves a call to accounts with a permission on the secret.
func (g *Google) with(permission string, serve http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		defer g.mu.Unlock()
		account, ok := g.caller(w, r)
		if !ok {
			return
		}
		id := r.PathValue("id")
		resource := "projects/" + r.PathValue("project")
		if id != "" {
			resource += "/secrets/" + id
		}
		switch {
		case r.PathValue("project") != g.ProjectID && r.PathValue("project") != g.Number:
			googleError{http.StatusForbidden, "PERMISSION_DENIED",
				"Permission denied on resource project " + r.PathValue("project") + ".", "CONSUMER_INVALID"}.write(w)
		case g.disabled:
			googleError{
				http.StatusForbidden,
				"PERMISSION_DENIED",
				"Secret Manager API has not been used in project " + g.Number + " before or it is disabled.",
				"SERVICE_DISABLED",
			}.write(
				w,
			)
		case !account.may(permission, "projects/"+g.Number+"/secrets/"+id):
			googleError{http.StatusForbidden, "PERMISSION_DENIED", fmt.Sprintf("Permission '%s' denied for "+
				"resource '%s' (or it may not exist).", permission, resource), "IAM_PERMISSION_DENIED"}.write(w)
		case id != "" && g.secrets[id] == nil:
			googleError{http.StatusNotFound, "NOT_FOUND",
				fmt.Sprintf("Secret [projects/%s/secrets/%s] not found.", g.Number, id), ""}.write(w)
		default:
			serve(w, r)
		}
	}
}

func (g *Google) describe(w http.ResponseWriter, id string) {
	answer(w, http.StatusOK,
		map[string]any{"name": "projects/" + g.Number + "/secrets/" + id, "labels": g.secrets[id].labels})
}

func (g *Google) create(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Labels      map[string]string
		Replication struct{ Automatic *struct{} }
	}
	id := r.URL.Query().Get("secretId")
	if json.NewDecoder(r.Body).Decode(&body) != nil || id == "" || body.Replication.Automatic == nil {
		googleError{http.StatusBadRequest, "INVALID_ARGUMENT", "The secret or its ID is malformed.", ""}.write(w)
		return
	}
	if g.secrets[id] != nil {
		googleError{http.StatusConflict, "ALREADY_EXISTS", "Secret [" + id + "] already exists.", ""}.write(w)
		return
	}
	g.secrets[id] = &googleSecret{labels: body.Labels}
	g.describe(w, id)
}

func (g *Google) get(w http.ResponseWriter, r *http.Request) { g.describe(w, r.PathValue("id")) }

func (g *Google) update(w http.ResponseWriter, r *http.Request) {
	var body struct{ Labels map[string]string }
	if json.NewDecoder(r.Body).Decode(&body) != nil || r.URL.Query().Get("updateMask") != "labels" {
		googleError{http.StatusBadRequest, "INVALID_ARGUMENT", "The update mask is malformed.", ""}.write(w)
		return
	}
	g.secrets[r.PathValue("id")].labels = body.Labels
	g.describe(w, r.PathValue("id"))
}

func (g *Google) remove(w http.ResponseWriter, r *http.Request) {
	delete(g.secrets, r.PathValue("id"))
	answer(w, http.StatusOK, map[string]any{})
}

func (g *Google) access(w http.ResponseWriter, r *http.Request) {
	versions := g.secrets[r.PathValue("id")].versions
	if r.PathValue("call") != "latest:access" || len(versions) == 0 {
		googleError{http.StatusNotFound, "NOT_FOUND", "Secret Version [latest] not found.", ""}.write(w)
		return
	}
	answer(w, http.StatusOK, map[string]any{"payload": map[string]string{"data": versions[len(versions)-1]}})
}

// post serves the calls whose verb follows the secret's name after a colon.
func (g *Google) post(w http.ResponseWriter, r *http.Request) {
	id, call, _ := strings.Cut(r.PathValue("call"), ":")
	r.SetPathValue("id", id)
	switch call {
	case "addVersion":
		g.with("secretmanager.versions.add", g.addVersion)(w, r)
	case "testIamPermissions":
		g.testSecret(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (g *Google) addVersion(w http.ResponseWriter, r *http.Request) {
	var body struct{ Payload struct{ Data string } }
	if json.NewDecoder(r.Body).Decode(&body) != nil || body.Payload.Data == "" {
		googleError{http.StatusBadRequest, "INVALID_ARGUMENT", "The payload is empty.", ""}.write(w)
		return
	}
	s := g.secrets[r.PathValue("id")]
	s.versions = append(s.versions, body.Payload.Data)
	answer(w, http.StatusOK, map[string]any{"name": fmt.Sprintf("projects/%s/secrets/%s/versions/%d", g.Number,
		r.PathValue("id"), len(s.versions))})
}
