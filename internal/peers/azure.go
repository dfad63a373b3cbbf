package peers

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Azure is a protocol server of our own, written from Microsoft's REST reference: the login of service principals, their
// subscription, and key vaults with their challenge, the secrets calls of a store each with its permission, and soft-delete. It is not an
// emulator by Microsoft.
type Azure struct {
	Proxy  string // forwards Azure's host names to it
	CA     string // of its certificates, PEM
	Tenant string

	mu     sync.Mutex
	apps   map[string]*azureApp   // by client ID
	vaults map[string]*AzureVault // by name

	managementStatus int  // of the list of subscriptions
	hidden           bool // whether the list is empty
}

// AzureVault is one key vault.
type AzureVault struct {
	Tenant    string
	Protected bool   // purge protection: deleted secrets are kept until the retention ends
	Wall      string // reason why it refuses everybody, such as "ForbiddenByFirewall"
	Taken     int    // how many of the next names belong to deleted secrets that it keeps

	secrets, deleted map[string]azureSecret
}

type azureSecret struct {
	Value string            `json:"value"`
	Tags  map[string]string `json:"tags"`
}

// describe is the answer to calls that return a secret.
func (s azureSecret) describe(id string) map[string]any {
	return map[string]any{"id": id + "/0123456789abcdef0123456789abcdef", "value": s.Value, "tags": s.Tags,
		"attributes": map[string]any{"enabled": true, "created": 1, "updated": 1},
		"recoveryId": strings.Replace(id, "/secrets/", "/deletedsecrets/", 1)}
}

type azureApp struct {
	secret  string
	expired bool
	may     []string // "get", "set", "delete", "purge"
}

// StartAzure starts the server with one tenant and the vault zenml-vault.
func StartAzure(t testing.TB) *Azure {
	t.Helper()
	return StartAzureOn(t, loopback)
}

// StartAzureOn is StartAzure on an address of this machine that pods reach.
func StartAzureOn(t testing.TB, host string) *Azure {
	t.Helper()
	const tenant = "11111111-2222-3333-4444-555555555555"
	a := &Azure{Tenant: tenant, apps: map[string]*azureApp{}, vaults: map[string]*AzureVault{},
		managementStatus: http.StatusOK}
	a.Vault("zenml-vault", AzureVault{Tenant: tenant})
	address, ca := ServeTLS(t, host, http.HandlerFunc(a.serve), "login.microsoftonline.com", management,
		"*.vault.azure.net")
	a.CA = ca
	a.Proxy = ProxyOn(t, host, map[string]string{"login.microsoftonline.com": address, management: address,
		".vault.azure.net": address})
	return a
}

// Vault creates or replaces a key vault.
func (a *Azure) Vault(name string, v AzureVault) {
	a.mu.Lock()
	defer a.mu.Unlock()
	v.secrets, v.deleted = map[string]azureSecret{}, map[string]azureSecret{}
	a.vaults[name] = &v
}

// App creates a service principal with some of the permissions get, set, delete, purge.
func (a *Azure) App(client, secret string, may ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.apps[client] = &azureApp{secret: secret, may: may}
}

// Expire makes the client secret of a service principal expire.
func (a *Azure) Expire(client string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.apps[client].expired = true
}

// Secrets lists the secrets of a vault, and its deleted ones.
func (a *Azure) Secrets(vault string) (there, deleted []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	v := a.vaults[vault]
	return slices.Sorted(maps.Keys(v.secrets)), slices.Sorted(maps.Keys(v.deleted))
}

// Token returns a token of a service principal for an audience.
func (a *Azure) Token(client, tenant, audience string, ends time.Time) string {
	claims, _ := json.Marshal(map[string]any{"tid": tenant, "appid": client, "oid": "object-of-" + client,
		"aud": audience, "exp": ends.Unix()})
	header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`))
	return header + "." + base64.RawURLEncoding.EncodeToString(claims) + ".c2lnbmF0dXJl"
}

func (a *Azure) serve(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if r.Host == "login.microsoftonline.com" {
		a.login(w, r)
		return
	}
	if r.Host == management {
		a.subscriptions(w, r)
		return
	}
	name, _, _ := strings.Cut(r.Host, ".")
	if vault := a.vaults[name]; vault != nil {
		a.inVault(w, r, vault)
		return
	}
	http.NotFound(w, r)
}

// management is the host of the Resource Manager, which the ZenML server asks for its subscription.
const management = "management.azure.com"

// Management sets the status of the list of subscriptions, and whether the list is empty.
func (a *Azure) Management(status int, hidden bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.managementStatus, a.hidden = status, hidden
}

// Subscription is the one that service principals see.
const Subscription = "99999999-0000-0000-0000-000000000000"

// subscriptions lists the one subscription that every service principal sees.
func (a *Azure) subscriptions(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/subscriptions" || a.apps[claimsOf(r.Header.Get("Authorization")).App] == nil {
		http.NotFound(w, r)
		return
	}
	list := []any{map[string]string{"id": "/subscriptions/" + Subscription, "subscriptionId": Subscription,
		"displayName": "test", "tenantId": a.Tenant, "state": "Enabled"}}
	if a.hidden {
		list = []any{}
	}
	answer(w, a.managementStatus, map[string]any{"value": list})
}

func refuseLogin(w http.ResponseWriter, kind, text string) {
	answer(w, http.StatusUnauthorized,
		map[string]any{"error": kind, "error_description": text + " Trace ID: 0 Correlation ID: 0"})
}

// login serves the discovery of a tenant and the login of applications.
func (a *Azure) login(w http.ResponseWriter, r *http.Request) {
	tenant, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if tenant != a.Tenant {
		answer(w, http.StatusBadRequest, map[string]any{"error": "invalid_tenant",
			"error_description": "AADSTS90002: Tenant '" + tenant + "' not found."})
		return
	}
	base := "https://login.microsoftonline.com/" + tenant
	if path == "v2.0/.well-known/openid-configuration" {
		answer(w, http.StatusOK, map[string]string{"issuer": base + "/v2.0",
			"token_endpoint": base + "/oauth2/v2.0/token", "authorization_endpoint": base + "/oauth2/v2.0/authorize"})
		return
	}
	client := r.FormValue("client_id")
	app := a.apps[client]
	switch {
	case app == nil:
		refuseLogin(w, "unauthorized_client",
			fmt.Sprintf("AADSTS700016: Application with identifier '%s' was not found in the directory.", client))
	case app.secret != r.FormValue("client_secret"):
		refuseLogin(w, "invalid_client", "AADSTS7000215: Invalid client secret provided.")
	case app.expired:
		refuseLogin(w, "invalid_client", "AADSTS7000222: The provided client secret keys for app are expired.")
	default:
		token := a.Token(client, tenant, "https://vault.azure.net", time.Now().Add(time.Hour))
		answer(w, http.StatusOK, map[string]any{"token_type": "Bearer", "expires_in": 3599, "access_token": token})
	}
}

func refuseVault(w http.ResponseWriter, status int, code, inner, text string) {
	body := map[string]any{"code": code, "message": text}
	if inner != "" {
		body["innererror"] = map[string]string{"code": inner}
	}
	answer(w, status, map[string]any{"error": body})
}

// inVault checks the token, the firewall and the permission, then serves.
func (a *Azure) inVault(w http.ResponseWriter, r *http.Request, v *AzureVault) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	claims := claimsOf(r.Header.Get("Authorization"))
	w.Header().
		Set("WWW-Authenticate", fmt.Sprintf(`Bearer authorization="https://login.microsoftonline.com/%s", resource="https://vault.azure.net"`, v.Tenant))
	if claims.Tenant != v.Tenant || claims.Expires < time.Now().Unix() {
		refuseVault(w, http.StatusUnauthorized, "Unauthorized", "", "AKV10032: Invalid issuer.")
		return
	}
	w.Header().Del("WWW-Authenticate")
	permission := map[string]string{"GET/secrets": "get", "PUT/secrets": "set", "DELETE/secrets": "delete",
		"GET/deletedsecrets": "get", "DELETE/deletedsecrets": "purge"}[r.Method+"/"+parts[0]]
	app := a.apps[claims.App]
	switch {
	case v.Wall != "":
		refuseVault(w, http.StatusForbidden, "Forbidden", v.Wall,
			"Client address is not authorized and caller is not a trusted service.")
	case permission == "" || len(parts) < 2:
		http.NotFound(w, r)
	case app == nil || !slices.Contains(app.may, permission):
		refuseVault(w, http.StatusForbidden, "Forbidden", "ForbiddenByRbac",
			"Caller is not authorized to perform action on resource.")
	default:
		v.serve(w, r, permission, parts[1])
	}
}

type azureClaims struct {
	Tenant  string `json:"tid"`
	App     string `json:"appid"`
	Expires int64  `json:"exp"`
}

func claimsOf(header string) azureClaims {
	var c azureClaims
	if parts := strings.Split(strings.TrimPrefix(header, "Bearer "), "."); len(parts) == 3 {
		data, _ := base64.RawURLEncoding.DecodeString(parts[1])
		_ = json.Unmarshal(data, &c)
	}
	return c
}

func (v *AzureVault) serve(w http.ResponseWriter, r *http.Request, permission, name string) {
	content, there := v.secrets[name]
	gone, kept := v.deleted[name]
	id := "https://" + r.Host + "/secrets/" + name
	switch {
	case r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/deletedsecrets/") && kept:
		answer(w, http.StatusOK, gone.describe(id))
	case permission == "set" && (kept || v.Taken > 0):
		v.Taken--
		refuseVault(w, http.StatusConflict, "Conflict", "ObjectIsDeletedButRecoverable",
			"Secret "+name+" is currently in a deleted but recoverable state, and its name cannot be reused.")
	case permission == "set":
		var body azureSecret
		if json.NewDecoder(r.Body).Decode(&body) != nil || body.Value == "" {
			refuseVault(w, http.StatusBadRequest, "BadParameter", "", "The value is missing.")
			return
		}
		v.secrets[name] = body
		answer(w, http.StatusOK, body.describe(id))
	case permission == "purge" && v.Protected:
		refuseVault(w, http.StatusForbidden, "Forbidden", "ForbiddenByPolicy",
			"Operation purge is not allowed because purge protection is enabled for this vault.")
	case permission == "purge" && kept:
		delete(v.deleted, name)
		w.WriteHeader(http.StatusNoContent)
	case !there || permission == "purge":
		refuseVault(w, http.StatusNotFound, "SecretNotFound", "",
			"A secret with (name/id) "+name+" was not found in this key vault.")
	case permission == "delete":
		v.deleted[name] = content
		delete(v.secrets, name)
		answer(w, http.StatusOK, content.describe(id))
	default:
		answer(w, http.StatusOK, content.describe(id))
	}
}
