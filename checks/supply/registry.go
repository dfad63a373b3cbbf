package supply

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// registryQuestion is the request for one image.
type registryQuestion struct {
	image   string
	ref     name.Reference
	nodes   authn.Keychain // the nodes' credentials
	secrets []string       // the pull secrets with these credentials
	plain   bool           // plain HTTP is allowed for any host
	env     *check.Env
}

func newRegistryQuestion(
	ctx context.Context, e *check.Env, image string, pod corev1.PodSpec,
) (*registryQuestion, error) {
	var options []name.Option
	if e.PlainHTTP {
		options = append(options, name.Insecure)
	}
	ref, err := name.ParseReference(image, options...)
	if err != nil {
		return nil, &check.Fault{
			Summary: fmt.Sprintf("%s is not a valid image name: %v", image, err), Err: err,
			Remedy: "fix server.image: server: {image: {repository: registry.example.com/zenml-server, tag: TAG}}",
		}
	}
	q := &registryQuestion{image: image, ref: ref, plain: e.PlainHTTP, env: e}
	q.nodes, q.secrets = pullSecrets(ctx, e, pod)
	return q, nil
}

// options sets short time limits and replaces go-containerregistry's long
// retries.
func (q *registryQuestion) options(ctx context.Context, logins authn.Keychain) []remote.Option {
	return []remote.Option{
		remote.WithContext(ctx), remote.WithAuthFromKeychain(logins), remote.WithUserAgent("zenml-installer"),
		remote.WithTransport(&guardedTransport{plain: q.plain, next: registryTransport()}),
		remote.WithRetryStatusCodes(http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout),
		remote.WithRetryBackoff(remote.Backoff{Duration: 200 * time.Millisecond, Factor: 2, Steps: 2}),
	}
}

func registryTransport() *http.Transport {
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: check.DialLimit}).DialContext,
		TLSHandshakeTimeout: check.DialLimit, ResponseHeaderTimeout: 10 * time.Second,
		DisableKeepAlives: true, ForceAttemptHTTP2: true,
	}
}

// architectures reads the image's index, or the configuration of an image without
// an index. It pulls only these few kilobytes.
func (q *registryQuestion) architectures(ctx context.Context, logins authn.Keychain) ([]string, error) {
	found, err := remote.Get(q.ref, q.options(ctx, logins)...)
	if err != nil {
		return nil, err
	}
	if !found.MediaType.IsIndex() {
		image, err := found.Image()
		if err != nil {
			return nil, err
		}
		config, err := image.ConfigFile()
		if err != nil {
			return nil, err
		}
		return []string{config.Architecture}, nil
	}
	index, err := found.ImageIndex()
	if err != nil {
		return nil, err
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		return nil, err
	}
	return linuxArchitectures(manifest.Manifests), nil
}

// linuxArchitectures returns an index's architectures for Linux. Attestations
// have an unknown one.
func linuxArchitectures(manifests []v1.Descriptor) []string {
	var all []string
	for _, m := range manifests {
		if m.Platform != nil && m.Platform.OS == "linux" && !slices.Contains(all, m.Platform.Architecture) {
			all = append(all, m.Platform.Architecture)
		}
	}
	slices.Sort(all)
	return all
}

var errPlainHTTP = errors.New("the registry uses plain HTTP")

// guardedTransport rejects plain HTTP to any host except this machine.
type guardedTransport struct {
	plain bool
	next  http.RoundTripper
}

// RoundTrip rejects requests that must not be sent unencrypted.
func (g *guardedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme == "http" && !g.plain && !check.IsLoopback(r.URL.Hostname()) {
		return nil, errPlainHTTP
	}
	return g.next.RoundTrip(r)
}
