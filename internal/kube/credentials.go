package kube

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/transport/websocket"
	"k8s.io/streaming/pkg/httpstream"
)

// PluginReason is why a credential plugin returned no credentials.
type PluginReason int

// The reasons. The zero value is an exit code other than 0.
const (
	PluginFailed PluginReason = iota
	PluginTimedOut
	PluginMissing
	PluginOutput
)

// PluginError is the failure of a credential plugin.
type PluginError struct {
	Command string
	Words   string // its messages, at most 2 KiB, not sanitized
	Reason  PluginReason
	Limit   time.Duration
	Err     error

	hint string
}

func (e *PluginError) Error() string {
	text := fmt.Sprintf("the credential plugin %s failed: %v", e.Command, e.Err)
	switch e.Reason {
	case PluginTimedOut:
		text = fmt.Sprintf("the credential plugin %s did not finish within %s", e.Command, e.Limit)
	case PluginMissing:
		text = fmt.Sprintf("the credential plugin %s is not installed", e.Command)
	case PluginOutput:
		text = fmt.Sprintf("the credential plugin %s is broken: %v", e.Command, e.Err)
	case PluginFailed:
	}
	if words := Words(e.Words); words != "" {
		text += ": " + words
	}
	return text
}

// Unwrap returns the error of the process.
func (e *PluginError) Unwrap() error { return e.Err }

// InstallHint is the kubeconfig's hint on how to install the plugin.
func (e *PluginError) InstallHint() string { return strings.TrimSpace(e.hint) }

// Asked returns the plugin's question if it waited for input: a last line without its
// end.
func (e *PluginError) Asked() string {
	text := ansi.Strip(e.Words)
	if text == "" || strings.HasSuffix(text, "\n") {
		return ""
	}
	return strings.TrimSpace(text[strings.LastIndex(text, "\n")+1:])
}

// Words returns a plugin's messages without colors, control characters and
// empty lines.
func Words(text string) string {
	var lines []string
	for line := range strings.Lines(ansi.Strip(text)) {
		line = strings.Map(func(r rune) rune {
			if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
				return -1
			}
			return r
		}, line)
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// Kubeconfig returns the configuration in the kubeconfig, including its
// credential plugin. It does not run the plugin.
func (a *Access) Kubeconfig() (*rest.Config, error) {
	return a.flags.ToRawKubeConfigLoader().ClientConfig()
}

// Plugin returns the command of the kubeconfig's credential plugin; "" without one.
func (a *Access) Plugin() string {
	config, err := a.Kubeconfig()
	if err != nil || config.ExecProvider == nil {
		return ""
	}
	return config.ExecProvider.Command
}

// Login runs the credential plugin, if the kubeconfig has one and its credentials are
// missing or expired. With a terminal, the plugin can ask its user: call it before the
// first screen. It returns the plugin's messages; an error is a PluginError, or the
// cause of ctx's end.
func (a *Access) Login(ctx context.Context, t Terminal) (words string, err error) {
	config, err := a.Kubeconfig()
	if err != nil {
		return "", err
	}
	if config.ExecProvider == nil {
		return "", nil
	}
	c, err := pluginOf(config).get(ctx, t)
	if err != nil {
		return "", err
	}
	return Words(c.words), nil
}

// authenticate replaces client-go's execution of credential plugins.
func authenticate(c *rest.Config) {
	if c.ExecProvider == nil {
		return
	}
	p := pluginOf(c)
	c.ExecProvider = nil
	plain := rest.CopyConfig(c)
	c.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return &authenticated{plugin: p, config: plain, next: next}
	})
}

// authenticated adds the plugin's credentials to each request.
type authenticated struct {
	plugin *plugin
	config *rest.Config // without credentials
	next   http.RoundTripper

	mu        sync.Mutex
	transport http.RoundTripper // with the certificate of owner
	owner     *credential
}

// RoundTrip sends a request with credentials. The request's context ends a plugin that
// hangs.
func (a *authenticated) RoundTrip(r *http.Request) (*http.Response, error) {
	c, err := a.plugin.get(r.Context(), Terminal{})
	if err != nil {
		return nil, err
	}
	next, err := a.transportFor(c)
	if err != nil {
		return nil, err
	}
	if c.token != "" && r.Header.Get("Authorization") == "" {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, err := next.RoundTrip(r)
	if err == nil && response.StatusCode == http.StatusUnauthorized {
		a.plugin.forget(c)
	}
	return response, err
}

// transportFor returns the transport with the plugin's client certificate. A
// connection that is upgraded brings its own: see WithCertificate.
func (a *authenticated) transportFor(c *credential) (http.RoundTripper, error) {
	if len(c.certificate) == 0 || isUpgrader(a.next) {
		return a.next, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.owner == c {
		return a.transport, nil
	}
	transport, err := rest.TransportFor(withCertificate(a.config, c))
	if err != nil {
		return nil, err
	}
	a.transport, a.owner = transport, c
	return transport, nil
}

func isUpgrader(t http.RoundTripper) bool {
	if _, ok := t.(httpstream.UpgradeRoundTripper); ok {
		return true
	}
	_, ok := t.(websocket.ConnectionHolder)
	return ok
}

func withCertificate(config *rest.Config, c *credential) *rest.Config {
	config = rest.CopyConfig(config)
	config.CertData, config.KeyData = c.certificate, c.key
	return config
}

// UpgradeConfig returns the configuration for connections that are upgraded, such as
// port-forwards. Unlike requests, they need the plugin's client certificate in advance.
func (a *Access) UpgradeConfig(ctx context.Context) (*rest.Config, error) {
	config, err := a.Config()
	if err != nil {
		return nil, err
	}
	plain, err := a.Kubeconfig()
	if err != nil || plain.ExecProvider == nil {
		return config, nil //nolint:nilerr // Config would have reported it
	}
	c, err := pluginOf(plain).get(ctx, Terminal{})
	if err != nil {
		return nil, err
	}
	if len(c.certificate) == 0 {
		return config, nil
	}
	return withCertificate(config, c), nil
}
