package chart

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"helm.sh/helm/v3/pkg/cli"
	"helm.sh/helm/v3/pkg/registry"
	"oras.land/oras-go/v2/registry/remote"

	"github.com/zenml-installer/zenml-installer/internal/bounded"
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
	name, _, _ := splitOCI(src.Ref)
	repository, err := remote.NewRepository(name)
	if err != nil {
		return nil, &SourceError{Ref: src.redactedRef(), Reason: ReasonInvalid, Err: err,
			Remedy: "write the reference as oci://HOST/PATH"}
	}
	repository.PlainHTTP = src.PlainHTTP
	repository.Client = found.authorizer(&http.Client{Transport: base, CheckRedirect: limitRedirects})
	reference, err := resolveOCI(ctx, src, repository)
	if err != nil {
		return nil, err
	}
	c, err := pullReference(ctx, src, repository, reference)
	if err != nil {
		return nil, pullError(ctx, err, src, repository)
	}
	return c, nil
}

// limitRedirects is net/http's own limit, which the registry client removes.
func limitRedirects(_ *http.Request, via []*http.Request) error {
	if len(via) >= maxRedirects {
		return fmt.Errorf("stopped after %d redirects", maxRedirects)
	}
	return nil
}

// pullReference pulls the chart with a tag or a digest.
func pullReference(ctx context.Context, src Source, from *remote.Repository, reference string) (*Chart, error) {
	manifest, found, err := pullManifest(ctx, src, from, reference)
	if err != nil {
		return nil, err
	}
	by, err := verifyCosign(ctx, src, from, found)
	if err != nil {
		return nil, err
	}
	layer := layerOf(manifest, registry.ChartLayerMediaType, registry.LegacyChartLayerMediaType)
	if layer == nil {
		return nil, &SourceError{Ref: src.redactedRef(), Reason: ReasonNotAChart,
			Err:    fmt.Errorf("the manifest has no layer of type %s", registry.ChartLayerMediaType),
			Remedy: "set chart.ref to the chart itself, such as oci://public.ecr.aws/zenml/zenml"}
	}
	data, err := pullBlob(ctx, src, from, *layer, "the archive", maxArchive)
	if err != nil {
		return nil, err
	}
	loaded, err := unpack(src, data)
	if err != nil {
		return nil, err
	}
	signer, err := src.verifyArchive(ctx, archive{
		name: loaded.Name() + "-" + loaded.Metadata.Version + ".tgz", data: data,
		provenance: func() ([]byte, error) { return pullProvenance(ctx, src, from, manifest) },
	})
	if err != nil {
		return nil, err
	}
	return newChart(src, loaded, origin{digest: found.Digest.String(), signer: cmp.Or(by, signer), archive: data})
}

// pullManifest pulls the manifest with a tag or a digest.
func pullManifest(
	ctx context.Context,
	src Source,
	from *remote.Repository,
	reference string,
) (manifest ocispec.Manifest, found ocispec.Descriptor, err error) {
	found, body, err := from.Manifests().FetchReference(ctx, reference)
	if err != nil {
		return manifest, found, err
	}
	data, err := readBlob(src, "the manifest", body, found, maxManifest)
	if err != nil {
		return manifest, found, err
	}
	if err := json.Unmarshal(data, &manifest); err != nil {
		return manifest, found, &SourceError{Ref: src.redactedRef(), Reason: ReasonNotAChart, Err: err}
	}
	return manifest, found, nil
}

// pullProvenance pulls the provenance file, which Helm stores as a layer.
func pullProvenance(
	ctx context.Context,
	src Source,
	from *remote.Repository,
	manifest ocispec.Manifest,
) ([]byte, error) {
	layer := layerOf(manifest, registry.ProvLayerMediaType)
	if layer == nil {
		return nil, src.unsigned("the registry has no provenance file for it; to verify a cosign signature, add " +
			"--verify-key")
	}
	return pullBlob(ctx, src, from, *layer, "the provenance file", maxSignature)
}

// layerOf returns the first layer of one of the types, or nil.
func layerOf(manifest ocispec.Manifest, types ...string) *ocispec.Descriptor {
	for i, layer := range manifest.Layers {
		if slices.Contains(types, layer.MediaType) {
			return &manifest.Layers[i]
		}
	}
	return nil
}

// pullBlob pulls what a manifest refers to, if it is declared to be within the limit.
func pullBlob(
	ctx context.Context,
	src Source,
	from *remote.Repository,
	blob ocispec.Descriptor,
	what string,
	most int64,
) ([]byte, error) {
	if blob.Size > most {
		return nil, tooLarge(src, "%s has %d bytes, more than %s", what, blob.Size, bounded.Size(most))
	}
	body, err := from.Blobs().Fetch(ctx, blob)
	if err != nil {
		return nil, err
	}
	return readBlob(src, what, body, blob, most)
}

// readBlob reads content and compares it with its digest.
func readBlob(src Source, what string, body io.ReadCloser, want ocispec.Descriptor, most int64) ([]byte, error) {
	defer func() { _ = body.Close() }()
	if want.Size > most {
		return nil, tooLarge(src, "%s has %d bytes, more than %s", what, want.Size, bounded.Size(most))
	}
	if err := want.Digest.Validate(); err != nil {
		return nil, &SourceError{Ref: src.redactedRef(), Reason: ReasonNotAChart, Err: err}
	}
	data, err := bounded.ReadAll(body, most)
	var size *bounded.SizeError
	if errors.As(err, &size) {
		return nil, sized(src, what, size)
	}
	if err != nil {
		return nil, err
	}
	if got := want.Digest.Algorithm().FromBytes(data); got != want.Digest {
		return nil, tampered(src, what, got.String(), want.Digest.String(), "the registry")
	}
	return data, nil
}

// credentials returns the file with the registry credentials. Like Helm, it
// defaults to HELM_REGISTRY_CONFIG, then to the file that helm registry login
// writes.
func (s Source) credentials() string {
	return cmp.Or(s.CredentialsFile, cli.New().RegistryConfig)
}

// resolveOCI returns the tag or digest to pull: the one that the reference names, else
// the version chosen among the registry's tags. An exact version costs no listing.
func resolveOCI(ctx context.Context, src Source, repository *remote.Repository) (string, error) {
	_, tag, digest := splitOCI(src.Ref)
	switch exact, isExact := exactVersion(src.Version); {
	case digest != "":
		return digest, nil
	case tag != "" && src.Version == "":
		return asTag(tag), nil
	case tag != "" && !satisfies(tag, src.Version):
		return "", &SourceError{
			Ref:    src.redactedRef(),
			Reason: ReasonInvalid,
			Remedy: "chart.ref names version " + tag + " and chart.version is " + src.Version + ": remove one",
		}
	case tag != "":
		return asTag(tag), nil
	case isExact:
		return asTag(exact.String()), nil
	}
	versions, err := listVersions(ctx, src, repository)
	if err != nil {
		return "", err
	}
	version, err := choose(src.redactedRef(), src.Version, versions)
	return asTag(version), err
}

// asTag replaces the plus sign of a version, which a tag cannot contain, as Helm does.
func asTag(version string) string { return strings.ReplaceAll(version, "+", "_") }

// listVersions lists the tags of a repository as versions.
func listVersions(ctx context.Context, src Source, repository *remote.Repository) ([]string, error) {
	var versions []string
	err := repository.Tags(ctx, "", func(tags []string) error {
		for _, tag := range tags {
			versions = append(versions, strings.ReplaceAll(tag, "_", "+"))
		}
		if len(versions) > maxTags {
			return tooLarge(src, "the registry lists more than %d versions", maxTags)
		}
		return nil
	})
	return versions, err
}

// pullError lists the available versions if the requested one does not exist.
func pullError(ctx context.Context, err error, src Source, repository *remote.Repository) error {
	var known *SourceError
	reason, _ := classify(err)
	_, tag, digest := splitOCI(src.Ref)
	if errors.As(err, &known) || reason != ReasonNotFound || digest != "" {
		return err
	}
	versions, listErr := listVersions(ctx, src, repository)
	if listErr != nil || len(versions) == 0 {
		return err
	}
	want := cmp.Or(src.Version, tag)
	return &VersionError{Ref: src.redactedRef(), Version: want, Nearest: nearest(want, parseVersions(versions))}
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
