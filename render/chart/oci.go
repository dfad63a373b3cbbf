package chart

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/cli"
	"helm.sh/helm/v3/pkg/registry"

	"github.com/zenml-installer/zenml-installer/internal/transport"
)

// pullOCI pulls a chart into memory. If a registry on loopback does not support
// TLS, it retries with plain HTTP.
func pullOCI(ctx context.Context, src Source) (*Chart, error) {
	c, err := pullOCIBy(ctx, src)
	if errors.Is(err, http.ErrSchemeMismatch) && !src.PlainHTTP && src.loopback() {
		src.PlainHTTP = true
		return pullOCIBy(ctx, src)
	}
	return c, err
}

// pullOCIBy pulls with the registry's credentials, if any. If the registry
// rejects them, it pulls anonymously.
func pullOCIBy(ctx context.Context, src Source) (*Chart, error) {
	found, err := newLogins(src)
	if err != nil {
		return nil, err
	}
	c, err := pullOCIWith(ctx, src, found)
	if found.isDenied(err) {
		if public, anonymousErr := pullOCIWith(ctx, src, withoutLogins()); anonymousErr == nil {
			return public, nil
		}
	}
	if err != nil {
		return nil, found.explain(err, src)
	}
	return c, nil
}

func pullOCIWith(ctx context.Context, src Source, found *logins) (*Chart, error) {
	base := registry.NewTransport(false)
	if t, ok := base.Base.(*http.Transport); ok {
		defer t.CloseIdleConnections()
	}
	client, err := registryClient(src, found, transport.WithContext(ctx, base))
	if err != nil {
		return nil, err
	}
	ref, err := resolveOCI(src, client)
	if err != nil {
		return nil, err
	}
	pulled, err := client.Pull(ref)
	if err != nil {
		return nil, pullError(err, src, client)
	}
	loaded, err := loader.LoadArchive(bytes.NewReader(pulled.Chart.Data))
	if err != nil {
		return nil, &SourceError{Ref: src.redactedRef(), Reason: ReasonNotAChart, Err: err}
	}
	return newChart(src, loaded, pulled.Manifest.Digest)
}

func registryClient(src Source, found *logins, transport http.RoundTripper) (*registry.Client, error) {
	client := &http.Client{Transport: transport}
	options := []registry.ClientOption{
		registry.ClientOptHTTPClient(client),
		registry.ClientOptAuthorizer(found.authorizer(client)),
		registry.ClientOptWriter(io.Discard),
		registry.ClientOptCredentialsFile(src.credentials()),
	}
	if src.PlainHTTP {
		options = append(options, registry.ClientOptPlainHTTP())
	}
	return registry.NewClient(options...)
}

// credentials returns the file with the registry credentials. Like Helm, it
// defaults to HELM_REGISTRY_CONFIG, then to the file that helm registry login
// writes.
func (s Source) credentials() string {
	return cmp.Or(s.CredentialsFile, cli.New().RegistryConfig)
}

// resolveOCI returns the reference to pull. Unless it names a digest or tag, it
// gets the version chosen from the registry's tags. An exact version needs no
// listing.
func resolveOCI(src Source, client *registry.Client) (string, error) {
	repository, tag, digest := splitOCI(src.Ref)
	switch exact, isExact := exactVersion(src.Version); {
	case digest != "":
		return repository + "@" + digest, nil
	case tag != "" && src.Version == "":
		return repository + ":" + tag, nil
	case tag != "" && !satisfies(tag, src.Version):
		return "", &SourceError{
			Ref:    src.redactedRef(),
			Reason: ReasonInvalid,
			Remedy: "chart.ref names version " + tag + " and chart.version is " + src.Version + ": remove one",
		}
	case tag != "":
		return repository + ":" + tag, nil
	case isExact:
		return repository + ":" + exact.String(), nil
	}
	tags, err := client.Tags(repository)
	if err != nil {
		return "", err
	}
	version, err := choose(src.redactedRef(), src.Version, tags)
	return repository + ":" + version, err
}

// pullError lists the available versions if the requested one does not exist.
func pullError(err error, src Source, client *registry.Client) error {
	reason, _ := classify(err)
	repository, tag, digest := splitOCI(src.Ref)
	if reason != ReasonNotFound || digest != "" {
		return err
	}
	tags, listErr := client.Tags(repository)
	if listErr != nil || len(tags) == 0 {
		return err
	}
	want := cmp.Or(src.Version, tag)
	return &VersionError{Ref: src.redactedRef(), Version: want, Nearest: nearest(want, parseVersions(tags))}
}

// splitOCI splits oci://HOST/PATH[:TAG][@DIGEST].
func splitOCI(ref string) (repository, tag, digest string) {
	repository = strings.TrimPrefix(ref, "oci://")
	repository, digest, _ = strings.Cut(repository, "@")
	if colon := strings.LastIndex(repository, ":"); colon > strings.LastIndex(repository, "/") {
		repository, tag = repository[:colon], repository[colon+1:]
	}
	return strings.TrimSuffix(repository, "/"), tag, digest
}
