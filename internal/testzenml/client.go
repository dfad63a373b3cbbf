// Package testzenml calls the API of a ZenML server in tests.
package testzenml

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// Client calls one server. Login authenticates it.
type Client struct {
	// URL is the server's URL without a path.
	URL   string
	token string
}

// Answer is the server's response to a request.
type Answer struct {
	Status int
	Type   string // of the content, without parameters
	Body   []byte
}

// Call sends a request. The body is sent as JSON, or as a form if it is url.Values.
func (c *Client) Call(ctx context.Context, method, path string, body any) (Answer, error) {
	request, err := newRequest(ctx, method, c.URL+path, body)
	if err != nil {
		return Answer{}, err
	}
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return Answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	contentType, _, _ := strings.Cut(response.Header.Get("Content-Type"), ";")
	return Answer{Status: response.StatusCode, Type: contentType, Body: data}, err
}

func newRequest(ctx context.Context, method, address string, body any) (*http.Request, error) {
	contentType, data := "application/json", []byte(nil)
	switch body := body.(type) {
	case nil:
	case url.Values:
		contentType, data = "application/x-www-form-urlencoded", []byte(body.Encode())
	default:
		var err error
		if data, err = json.Marshal(body); err != nil {
			return nil, err
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(data))
	if err == nil {
		request.Header.Set("Content-Type", contentType)
		// Never sent: allows another try when the server closes an idle connection.
		request.Header["Idempotency-Key"] = nil
	}
	return request, err
}

// Do sends a request that must succeed, and decodes the response into result
// unless it is nil.
func (c *Client) Do(t testing.TB, method, path string, body, result any) {
	t.Helper()
	answer, err := c.Call(t.Context(), method, path, body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	if answer.Status >= http.StatusBadRequest {
		t.Fatalf("%s %s: status %d: %s", method, path, answer.Status, answer.Body)
	}
	if result == nil {
		return
	}
	if err := json.Unmarshal(answer.Body, result); err != nil {
		t.Fatalf("%s %s: %v in %s", method, path, err, answer.Body)
	}
}

// Login authenticates subsequent requests.
func (c *Client) Login(t testing.TB, user, password string) {
	t.Helper()
	var login struct {
		Token string `json:"access_token"`
	}
	c.Do(t, http.MethodPost, "/api/v1/login", url.Values{"username": {user}, "password": {password}}, &login)
	c.token = login.Token
}

// WaitReady waits until the server responds and can use its database.
func (c *Client) WaitReady(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	for {
		answer, err := c.Call(ctx, http.MethodGet, "/api/v1/info", nil)
		if err == nil && answer.Status == http.StatusOK {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("the server does not answer: %v, status %d", err, answer.Status)
		case <-time.After(250 * time.Millisecond):
		}
	}
}

// CreateSecret stores a secret and returns its id.
func (c *Client) CreateSecret(t testing.TB, name string, values map[string]string) string {
	t.Helper()
	var created struct{ ID string }
	c.Do(t, http.MethodPost, "/api/v1/secrets", map[string]any{"name": name, "values": values}, &created)
	return created.ID
}

// Secret returns the values of a secret.
func (c *Client) Secret(t testing.TB, id string) map[string]string {
	t.Helper()
	var secret struct {
		Body struct{ Values map[string]string }
	}
	c.Do(t, http.MethodGet, "/api/v1/secrets/"+id, nil, &secret)
	return secret.Body.Values
}

// DeleteSecret deletes a secret.
func (c *Client) DeleteSecret(t testing.TB, id string) {
	t.Helper()
	c.Do(t, http.MethodDelete, "/api/v1/secrets/"+id, nil, nil)
}

// CreateProject creates a project.
func (c *Client) CreateProject(t testing.TB, name string) {
	t.Helper()
	c.Do(t, http.MethodPost, "/api/v1/projects", map[string]any{"name": name}, nil)
}

// HasProject reports whether a project exists.
func (c *Client) HasProject(t testing.TB, name string) bool {
	t.Helper()
	var page struct{ Total int }
	c.Do(t, http.MethodGet, "/api/v1/projects?name="+url.QueryEscape(name), nil, &page)
	return page.Total == 1
}

// String describes the response, for failed tests.
func (a Answer) String() string { return fmt.Sprintf("%d %s %.500s", a.Status, a.Type, a.Body) }
