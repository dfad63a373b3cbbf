package zenml

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// ErrUnsupported means that this server has no API for service accounts.
var ErrUnsupported = errors.New("the server's version has no service accounts")

// LogIn logs in with a user and a password. It returns ErrRefused if the server
// refuses them.
func (c Client) LogIn(ctx context.Context, user string, password secret.Text) (Client, error) {
	return c.logIn(ctx, url.Values{"username": {user}, "password": {password.Reveal()}})
}

// LogInWithKey logs in with the API key of a service account. It returns
// ErrRefused if the server refuses it.
func (c Client) LogInWithKey(ctx context.Context, key secret.Text) (Client, error) {
	return c.logIn(ctx, url.Values{"grant_type": {"zenml-api-key"}, "password": {key.Reveal()}})
}

func (c Client) logIn(ctx context.Context, form url.Values) (Client, error) {
	body, err := c.do(ctx, http.MethodPost, "/api/v1/login", "application/x-www-form-urlencoded", []byte(form.Encode()))
	if code := statusOf(err); code == http.StatusUnauthorized || code == http.StatusForbidden {
		return Client{}, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if err != nil {
		return Client{}, err
	}
	var login struct {
		Token string `json:"access_token"`
	}
	if json.Unmarshal(body, &login) != nil || login.Token == "" {
		return Client{}, errors.New("POST /api/v1/login returned no access token")
	}
	c.token = secret.New(login.Token)
	return c, nil
}

// statusOf returns the HTTP status of an unsuccessful response, or 0.
func statusOf(err error) int {
	var answer *StatusError
	if errors.As(err, &answer) {
		return answer.Code
	}
	return 0
}

// UserName returns the name of the user or service account that is logged in.
func (c Client) UserName(ctx context.Context) (string, error) {
	var user struct{ Name string }
	err := c.call(ctx, http.MethodGet, "/api/v1/current-user", nil, &user)
	return user.Name, err
}

const serviceAccounts = "/api/v1/service_accounts"

// EnsureServiceAccount creates a service account unless it exists, and returns
// its id. An admin must be logged in. It returns ErrUnsupported if the server has
// no service accounts.
func (c Client) EnsureServiceAccount(ctx context.Context, name string) (id string, created bool, err error) {
	var account struct{ ID string }
	err = c.call(ctx, http.MethodPost, serviceAccounts, map[string]any{"name": name, "active": true}, &account)
	switch statusOf(err) {
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return "", false, fmt.Errorf("%w: %w", ErrUnsupported, err)
	case http.StatusConflict:
		err = c.call(ctx, http.MethodGet, serviceAccounts+"/"+url.PathEscape(name), nil, &account)
		return account.ID, false, err
	}
	return account.ID, err == nil, err
}

// CreateKey creates an API key of a service account. If the account has a key of
// that name, it is replaced and no longer valid.
func (c Client) CreateKey(ctx context.Context, account, name string) (key secret.Text, replaced bool, err error) {
	keys := serviceAccounts + "/" + account + "/api_keys"
	var created struct{ Body struct{ Key string } }
	err = c.call(ctx, http.MethodPost, keys, map[string]any{"name": name}, &created)
	if statusOf(err) == http.StatusConflict {
		replaced = true
		err = c.call(ctx, http.MethodPut, keys+"/"+url.PathEscape(name)+"/rotate",
			map[string]any{"retain_period_minutes": 0}, &created)
	}
	if err == nil && created.Body.Key == "" {
		err = errors.New("the server returned no API key")
	}
	return secret.New(created.Body.Key), replaced, err
}

// DeleteKey deletes an API key of a service account.
func (c Client) DeleteKey(ctx context.Context, account, name string) error {
	_, err := c.do(ctx, http.MethodDelete, serviceAccounts+"/"+account+"/api_keys/"+url.PathEscape(name), "", nil)
	return err
}

// call sends a JSON request and decodes the response.
func (c Client) call(ctx context.Context, method, path string, body, result any) error {
	var data []byte
	contentType := ""
	if body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			return err
		}
		contentType = "application/json"
	}
	answer, err := c.do(ctx, method, path, contentType, data)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(answer, result); err != nil {
		return fmt.Errorf("%s %s returned no JSON", method, path) // whose text may be a key
	}
	return nil
}
