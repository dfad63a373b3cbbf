package peers

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// googleAccount is a service account or a user, with its permissions.
type googleAccount struct {
	email      string
	key        *rsa.PublicKey
	everywhere []string // permissions on the project
	onStore    []string // permissions under a condition: secrets whose name begins with zenml-
}

func (a *googleAccount) may(permission, resource string) bool {
	if slices.Contains(a.everywhere, permission) {
		return true
	}
	return slices.Contains(a.onStore, permission) && strings.Contains(resource, "/secrets/zenml-")
}

// Account creates a service account with permissions on the project, and others on secrets whose names begin with
// zenml-. It returns its key as JSON.
func (g *Google) Account(t testing.TB, name string, everywhere, onStore []string) (email, key string) {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	check(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(private)
	check(t, err)
	email = name + "@" + g.ProjectID + ".iam.gserviceaccount.com"
	g.mu.Lock()
	defer g.mu.Unlock()
	g.accounts[email] = &googleAccount{email: email, key: &private.PublicKey, everywhere: everywhere, onStore: onStore}
	data, err := json.Marshal(map[string]string{
		"type":                        "service_account",
		"project_id":                  g.ProjectID,
		"private_key_id":              "key-of-" + name,
		"client_email":                email,
		"client_id":                   "1",
		"private_key":                 string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		"auth_uri":                    "https://accounts.google.com/o/oauth2/auth",
		"token_uri":                   "https://oauth2.googleapis.com/token",
		"auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
		"client_x509_cert_url":        "https://www.googleapis.com/robot/v1/metadata/x509/" + email,
	})
	check(t, err)
	return email, string(data)
}

// User gives an account a user's refresh token, and returns the login as JSON.
func (g *Google) User(t testing.TB, email, refreshToken string) string {
	t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.refresh[refreshToken] = email
	data, err := json.Marshal(
		map[string]string{
			"type":          "authorized_user",
			"client_id":     "764086051850.apps.googleusercontent.com",
			"client_secret": "known to everybody",
			"refresh_token": refreshToken,
		},
	)
	check(t, err)
	return string(data)
}

// Token returns an access token of an account.
func (g *Google) Token(email string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.issue(email)
}

// LetAct lets one account impersonate another.
func (g *Google) LetAct(who, as string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.acts[who] == nil {
		g.acts[who] = map[string]bool{}
	}
	g.acts[who][as] = true
}

// Forget deletes an account.
func (g *Google) Forget(email string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.accounts, email)
}

func (g *Google) issue(email string) string {
	token := "ya29." + rand.Text()
	g.tokens[token] = email
	return token
}

func refuseGrant(w http.ResponseWriter, description string) {
	answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant", "error_description": description})
}

// token issues access tokens for assertions that an account's key signed, or for refresh tokens.
func (g *Google) token(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	email := g.refresh[r.FormValue("refresh_token")]
	if assertion := r.FormValue("assertion"); assertion != "" {
		account := g.accounts[issuer(assertion)]
		switch {
		case account == nil:
			refuseGrant(w, "Invalid grant: account not found")
			return
		case !signed(assertion, account.key):
			refuseGrant(w, "Invalid JWT Signature.")
			return
		}
		email = account.email
	}
	if email == "" {
		refuseGrant(w, "Token has been expired or revoked.")
		return
	}
	answer(w, http.StatusOK, map[string]any{"access_token": g.issue(email), "expires_in": 3599, "token_type": "Bearer"})
}

func issuer(assertion string) string {
	var claims struct{ Iss string }
	parts := strings.Split(assertion, ".")
	if len(parts) != 3 {
		return ""
	}
	data, _ := base64.RawURLEncoding.DecodeString(parts[1])
	_ = json.Unmarshal(data, &claims)
	return claims.Iss
}

func signed(assertion string, key *rsa.PublicKey) bool {
	cut := strings.LastIndexByte(assertion, '.')
	signature, err := base64.RawURLEncoding.DecodeString(assertion[cut+1:])
	sum := sha256.Sum256([]byte(assertion[:cut]))
	return err == nil && rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) == nil
}

func (g *Google) tokenInfo(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	email, ok := g.tokens[r.FormValue("access_token")]
	if !ok {
		answer(w, http.StatusBadRequest,
			map[string]string{"error": "invalid_token", "error_description": "Invalid Value"})
		return
	}
	answer(
		w,
		http.StatusOK,
		map[string]string{
			"email":      email,
			"expires_in": "3000",
			"scope":      "https://www.googleapis.com/auth/cloud-platform",
		},
	)
}

func (g *Google) impersonate(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	account, ok := g.caller(w, r)
	if !ok {
		return
	}
	target, call, _ := strings.Cut(r.PathValue("call"), ":")
	if call != "generateAccessToken" || g.accounts[target] == nil || !g.acts[account.email][target] {
		googleError{http.StatusForbidden, "PERMISSION_DENIED", "Permission 'iam.serviceAccounts.getAccessToken' " +
			"denied on resource (or it may not exist).", "IAM_PERMISSION_DENIED"}.write(w)
		return
	}
	answer(w, http.StatusOK, map[string]string{"accessToken": g.issue(target), "expireTime": "2100-01-01T00:00:00Z"})
}

func (g *Google) testProject(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.noIAM {
		googleError{http.StatusForbidden, "PERMISSION_DENIED", "Cloud Resource Manager API has not been used in " +
			"project " + g.Number + " before or it is disabled.", "SERVICE_DISABLED"}.write(w)
		return
	}
	g.test(w, r, "projects/"+g.Number)
}

func (g *Google) testSecret(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.test(w, r, "projects/"+g.Number+"/secrets/"+r.PathValue("id"))
}

// test reports which of the permissions the caller has.
func (g *Google) test(w http.ResponseWriter, r *http.Request, resource string) {
	account, ok := g.caller(w, r)
	if !ok {
		return
	}
	var body struct{ Permissions []string }
	if json.NewDecoder(r.Body).Decode(&body) != nil {
		googleError{http.StatusBadRequest, "INVALID_ARGUMENT", "The permissions are malformed.", ""}.write(w)
		return
	}
	have := slices.DeleteFunc(body.Permissions, func(p string) bool { return !account.may(p, resource) })
	answer(w, http.StatusOK, map[string]any{"permissions": have})
}
