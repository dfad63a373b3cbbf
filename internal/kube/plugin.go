package kube

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	clientauthentication "k8s.io/client-go/pkg/apis/clientauthentication/v1"
	"k8s.io/client-go/rest"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// The time limits of a credential plugin. A person at the terminal may have to find a
// token generator.
const (
	pluginLimit      = 30 * time.Second
	interactiveLimit = 5 * time.Minute
)

// Terminal is where a credential plugin may ask its user. The zero value is none.
type Terminal struct {
	In  io.Reader
	Err io.Writer
}

// plugin runs the credential plugin of a kubeconfig. client-go would run it with this
// process's terminal, below the screens, without a time limit.
type plugin struct {
	exec    *clientcmdapi.ExecConfig
	cluster *clientauthentication.Cluster
	turn    chan struct{} // held while the plugin runs

	mu      sync.Mutex
	current *credential
}

// credential is what a plugin returned.
type credential struct {
	token       string
	certificate []byte
	key         []byte
	expires     time.Time
	words       string // what the plugin printed for people
}

// plugins are shared by all configurations with the same plugin and cluster, so that
// one login serves them all.
var plugins sync.Map

func pluginOf(c *rest.Config) *plugin {
	p := &plugin{exec: c.ExecProvider, turn: make(chan struct{}, 1)}
	if c.ExecProvider.ProvideClusterInfo {
		p.cluster = &clientauthentication.Cluster{
			Server: c.Host, TLSServerName: c.ServerName, InsecureSkipTLSVerify: c.Insecure,
			CertificateAuthorityData: c.CAData, DisableCompression: c.DisableCompression,
		}
	}
	key, err := json.Marshal([]any{c.Host, c.ExecProvider.Command, c.ExecProvider.Args, c.ExecProvider.Env})
	if err != nil {
		return p
	}
	shared, _ := plugins.LoadOrStore(string(key), p)
	if shared, ok := shared.(*plugin); ok {
		return shared
	}
	return p
}

// get returns a valid credential and runs the plugin if there is none. Only one caller
// runs it; the others wait until their context ends.
func (p *plugin) get(ctx context.Context, t Terminal) (*credential, error) {
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if c := p.valid(); c != nil {
		return c, nil
	}
	c, err := p.run(ctx, t)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.current = c
	return c, nil
}

// valid returns the current credential; nil if there is none or it expired.
func (p *plugin) valid() *credential {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.current == nil || !p.current.expires.IsZero() && time.Now().After(p.current.expires) {
		return nil
	}
	return p.current
}

// forget drops a credential that the API server rejected.
func (p *plugin) forget(c *credential) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.current == c {
		p.current = nil
	}
}

// run runs the plugin once. Without a terminal, it has no standard input and no
// controlling terminal, and its messages are only captured.
func (p *plugin) run(ctx context.Context, t Terminal) (*credential, error) {
	limit := pluginLimit
	isInteractive := t.In != nil && p.exec.InteractiveMode != clientcmdapi.NeverExecInteractiveMode
	if isInteractive {
		limit = interactiveLimit
	}
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(limited, p.exec.Command, p.exec.Args...) //nolint:gosec // the kubeconfig names it
	var stdout bytes.Buffer
	messages := &bounded{}
	cmd.Stdout, cmd.Stderr = &stdout, messages
	if isInteractive {
		cmd.Stdin, cmd.Stderr = t.In, io.MultiWriter(messages, t.Err)
	}
	cmd.Env = append(os.Environ(), p.environment(isInteractive)...)
	isolate(cmd, !isInteractive)
	cmd.WaitDelay = 2 * time.Second
	err := cmd.Run()
	failed := &PluginError{
		Command: p.name(),
		Words:   messages.String(),
		Limit:   limit,
		Err:     err,
		hint:    p.exec.InstallHint,
	}
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, fmt.Errorf("the credential plugin %s is still running: %w", p.name(), context.Cause(ctx))
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case limited.Err() != nil:
		failed.Reason = PluginTimedOut
		return nil, failed
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, os.ErrNotExist):
		failed.Reason = PluginMissing
		return nil, failed
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return nil, failed
	}
	c, err := p.decode(stdout.Bytes())
	if err != nil {
		failed.Reason, failed.Err = PluginOutput, err
		return nil, failed
	}
	c.words = messages.String()
	return c, nil
}

func (p *plugin) name() string { return p.exec.Command }

// environment is what the kubeconfig sets for the plugin, and the request in the
// variable KUBERNETES_EXEC_INFO.
func (p *plugin) environment(isInteractive bool) []string {
	var env []string
	for _, v := range p.exec.Env {
		env = append(env, v.Name+"="+v.Value)
	}
	request := clientauthentication.ExecCredential{
		Spec: clientauthentication.ExecCredentialSpec{Interactive: isInteractive, Cluster: p.cluster},
	}
	request.APIVersion, request.Kind = p.exec.APIVersion, "ExecCredential"
	if data, err := json.Marshal(request); err == nil {
		env = append(env, "KUBERNETES_EXEC_INFO="+string(data))
	}
	return env
}

// decode reads the plugin's output. Its content never becomes part of an error.
func (p *plugin) decode(output []byte) (*credential, error) {
	var answer clientauthentication.ExecCredential
	if err := json.Unmarshal(output, &answer); err != nil {
		return nil, errors.New("its output is not JSON")
	}
	switch s := answer.Status; {
	case answer.APIVersion != p.exec.APIVersion:
		return nil, fmt.Errorf("it returned %s, and the kubeconfig requests %s",
			cmp.Or(answer.APIVersion, "no version"), p.exec.APIVersion)
	case s == nil || s.Token == "" && s.ClientCertificateData == "" && s.ClientKeyData == "":
		return nil, errors.New("it returned no credentials")
	case (s.ClientCertificateData == "") != (s.ClientKeyData == ""):
		return nil, errors.New("it returned a certificate without its key, or a key without its certificate")
	}
	c := &credential{
		token:       answer.Status.Token,
		certificate: []byte(answer.Status.ClientCertificateData), key: []byte(answer.Status.ClientKeyData),
	}
	if len(c.certificate) > 0 {
		if _, err := tls.X509KeyPair(c.certificate, c.key); err != nil {
			return nil, errors.New("it returned a certificate that does not match its key")
		}
	}
	if answer.Status.ExpirationTimestamp != nil {
		c.expires = answer.Status.ExpirationTimestamp.Time
	}
	return c, nil
}

// maxWords limits what is kept of a plugin's messages.
const maxWords = 2048

// bounded keeps the end of what is written to it.
type bounded struct {
	mu   sync.Mutex
	data []byte
}

func (b *bounded) Write(data []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.data = append(b.data, data...)
	if extra := len(b.data) - maxWords; extra > 0 {
		b.data = append([]byte(nil), b.data[extra:]...)
	}
	return len(data), nil
}

func (b *bounded) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.ToValidUTF8(string(b.data), "")
}
