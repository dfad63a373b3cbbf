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

// registryQuestion is what is asked about one image.
type registryQuestion struct {
	image   string
	ref     name.Reference
	nodes   authn.Keychain // the logins that the nodes will have
	secrets []string       // the pull secrets that they come from
	plain   bool           // plain HTTP is allowed with any host
	env     *check.Env
}

func newRegistryQuestion(ctx context.Context, e *check.Env, image string, pod corev1.PodSpec) (*registryQuestion, error) {
	var options []name.Option
	if e.PlainHTTP {
		options = append(options, name.Insecure)
	}
	ref, err := name.ParseReference(image, options...)
	if err != nil {
		return nil, &check.Fault{Found: fmt.Sprintf("%s is not the name of an image: %v", image, err), Remedy: "server: {image: {repository: registry.example.com/zenml-server, tag: …}}", Cause: err}
	}
	q := &registryQuestion{image: image, ref: ref, plain: e.PlainHTTP, env: e}
	q.nodes, q.secrets = pullSecrets(ctx, e, pod)
	return q, nil
}

// options are how the registry is asked: with a few seconds for the
// connection, and without go-containerregistry's own long retries.
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

// architectures reads the image's index, or the configuration of an image
// that has none. Nothing is pulled beyond these few kilobytes.
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
	return indexed(manifest.Manifests), nil
}

// indexed lists an index's architectures for Linux; attestations stand there
// with an unknown one.
func indexed(manifests []v1.Descriptor) []string {
	var all []string
	for _, m := range manifests {
		if m.Platform != nil && m.Platform.OS == "linux" && !slices.Contains(all, m.Platform.Architecture) {
			all = append(all, m.Platform.Architecture)
		}
	}
	slices.Sort(all)
	return all
}

var errPlainHTTP = errors.New("the registry speaks plain HTTP")

// guardedTransport refuses plain HTTP with other hosts than this machine.
type guardedTransport struct {
	plain bool
	next  http.RoundTripper
}

// RoundTrip refuses what must not go out in the clear.
func (g *guardedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme == "http" && !g.plain && !check.IsLoopback(r.URL.Hostname()) {
		return nil, errPlainHTTP
	}
	return g.next.RoundTrip(r)
}
