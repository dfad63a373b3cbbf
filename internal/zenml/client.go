// Package zenml is a client for the part of the ZenML server's API that an
// installer needs: server information, activation, login and service accounts.
package zenml

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// Client accesses one server at Base ("http://127.0.0.1:8080").
type Client struct {
	Base string
	HTTP *http.Client // http.DefaultClient when nil

	token secret.Text // of a login; empty without one
}

// Info is the response of GET /api/v1/info, which needs no login. It reads the
// database, so it proves more than /ready does.
type Info struct {
	ID               string `json:"id"`
	Name             string `json:"name"`
	Version          string `json:"version"`
	Active           bool   `json:"active"`
	DeploymentType   string `json:"deployment_type"`
	DatabaseType     string `json:"database_type"` // sqlite, mysql or other
	SecretsStoreType string `json:"secrets_store_type"`
	AuthScheme       string `json:"auth_scheme"`
	ServerURL        string `json:"server_url"`
	DashboardURL     string `json:"dashboard_url"`
}

// Activation is the admin account and the server's name.
type Activation struct {
	ServerName      string
	Username        string
	Password        secret.Text
	EnableAnalytics bool
}

// ErrAlreadyActive is returned for a server that was already activated.
var ErrAlreadyActive = errors.New("the server is already activated")

// ErrRefused means that the server rejected the user or the password.
var ErrRefused = errors.New("the server refuses the user or the password")

// Info queries the server.
func (c Client) Info(ctx context.Context) (Info, error) {
	var info Info
	body, err := c.do(ctx, http.MethodGet, "/api/v1/info", "", nil)
	if err != nil {
		return info, err
	}
	if err := json.Unmarshal(body, &info); err != nil {
		return info, fmt.Errorf("%s/api/v1/info is not the API of a ZenML server: %w", c.Base, err)
	}
	return info, nil
}

// Activate creates the admin account. It refuses an empty user or password,
// because the server would become active without an admin. It returns
// ErrAlreadyActive if the server was already activated.
func (c Client) Activate(ctx context.Context, a Activation) error {
	if a.Username == "" || a.Password.Empty() {
		return errors.New("activation requires a user name and a password: without them the server would become " +
			"active without an admin")
	}
	payload, err := json.Marshal(map[string]any{
		"server_name":      a.ServerName,
		"admin_username":   a.Username,
		"admin_password":   a.Password.Reveal(),
		"enable_analytics": a.EnableAnalytics,
	})
	if err != nil {
		return err
	}
	_, err = c.do(ctx, http.MethodPut, "/api/v1/activate", "application/json", payload)
	var answer *StatusError
	if errors.As(err, &answer) && strings.Contains(answer.Detail, "already active") {
		return ErrAlreadyActive
	}
	return err
}

// LogsInByPassword reports whether users log in with a user name and a
// password.
func (i Info) LogsInByPassword() bool { return i.AuthScheme != "EXTERNAL" && i.AuthScheme != "NO_AUTH" }

// Login verifies a user and a password. It returns ErrRefused if the server
// refuses them.
func (c Client) Login(ctx context.Context, user string, password secret.Text) error {
	_, err := c.LogIn(ctx, user, password)
	return err
}

// StatusError is an unsuccessful response of the server.
type StatusError struct {
	Method, Path string
	Code         int
	Detail       string // the server's message, shortened
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("%s %s returned %d: %s", e.Method, e.Path, e.Code, e.Detail)
}

const maxAnswer = 1 << 20 // bytes; the server's responses are a few KiB

func (c Client) do(ctx context.Context, method, path, contentType string, body []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(c.Base, "/")+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	if !c.token.Empty() {
		request.Header.Set("Authorization", "Bearer "+c.token.Reveal())
	}
	if method == http.MethodPut { // the server closes idle connections, also while a request is on its way
		request.Header["Idempotency-Key"] = nil // never sent: allows another try on a new connection
	}
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	if response.StatusCode/100 != 2 {
		return nil, &StatusError{Method: method, Path: path, Code: response.StatusCode, Detail: detail(answer)}
	}
	return answer, nil
}

func detail(answer []byte) string {
	const most = 300
	text := strings.Join(strings.Fields(string(answer)), " ")
	if len(text) > most {
		return text[:most] + "…"
	}
	return text
}
