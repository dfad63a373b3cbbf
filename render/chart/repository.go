package chart

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"

	"helm.sh/helm/v3/pkg/repo"
	"sigs.k8s.io/yaml"

	"github.com/zenml-installer/zenml-installer/internal/bounded"
)

// errAbsent means that a URL returned 404.
var errAbsent = errors.New("404 Not Found")

// pullRepository pulls a chart from a chart repository.
func pullRepository(ctx context.Context, src Source) (*Chart, error) {
	client, closeIdle := httpClient()
	defer closeIdle()
	base, name, index, err := findIndex(ctx, client, strings.TrimRight(src.Ref, "/"))
	if err != nil {
		return nil, err
	}
	entries, ok := index.Entries[name]
	if !ok {
		return nil, &SourceError{
			Ref:    src.redactedRef(),
			Reason: ReasonNotFound,
			Remedy: fmt.Sprintf("its index has no chart %q", name),
		}
	}
	entry, err := chooseEntry(src, entries)
	if err != nil {
		return nil, err
	}
	archive, err := repo.ResolveReferenceURL(base, entry.URLs[0])
	if err != nil {
		return nil, err
	}
	return fetchArchive(ctx, client, src, archive, entry.Digest)
}

// findIndex reads the index at ref or, if there is none, at ref's parent; then
// the last part of ref is the chart's name.
func findIndex(
	ctx context.Context,
	client *http.Client,
	ref string,
) (base, name string, index *repo.IndexFile, err error) {
	index, err = fetchIndex(ctx, client, ref, DefaultChart)
	if !errors.Is(err, errAbsent) {
		return ref, DefaultChart, index, err
	}
	slash := strings.LastIndex(ref, "/")
	parent := ref[:slash]
	if strings.HasSuffix(parent, "/") { // ref has no path
		return "", "", nil, notFound(ref)
	}
	index, err = fetchIndex(ctx, client, parent, ref[slash+1:])
	if errors.Is(err, errAbsent) {
		err = notFound(ref)
	}
	return parent, ref[slash+1:], index, err
}

func notFound(ref string) error {
	redactedRef := Source{Ref: ref}.redactedRef()
	return &SourceError{
		Ref:    redactedRef,
		Reason: ReasonNotFound,
		Remedy: "no " + redactedRef + "/index.yaml found: start the reference to an OCI registry with oci://",
	}
}

func fetchIndex(ctx context.Context, client *http.Client, base, name string) (*repo.IndexFile, error) {
	src := Source{Ref: base}
	data, err := fetch(ctx, client, base+"/index.yaml", func(body io.Reader) ([]byte, error) {
		return readIndex(body, name)
	})
	var size *bounded.SizeError
	if errors.As(err, &size) {
		return nil, sized(src, "its index.yaml", size)
	}
	if err != nil {
		return nil, err
	}
	index := &repo.IndexFile{}
	if err := yaml.Unmarshal(data, index); err != nil || index.APIVersion == "" {
		return nil, &SourceError{
			Ref:    src.redactedRef(),
			Reason: ReasonNotAChart,
			Err:    err,
			Remedy: "its index.yaml is not a chart repository's",
		}
	}
	return index, nil
}

func chooseEntry(src Source, entries repo.ChartVersions) (*repo.ChartVersion, error) {
	byVersion := map[string]*repo.ChartVersion{}
	var available []string
	for _, e := range entries {
		if e != nil && e.Metadata != nil && len(e.URLs) > 0 {
			byVersion[e.Version] = e
			available = append(available, e.Version)
		}
	}
	version, err := choose(src.redactedRef(), src.Version, available)
	return byVersion[version], err
}

// pullArchive downloads a chart archive.
func pullArchive(ctx context.Context, src Source) (*Chart, error) {
	client, closeIdle := httpClient()
	defer closeIdle()
	return fetchArchive(ctx, client, src, src.Ref, "")
}

func fetchArchive(ctx context.Context, client *http.Client, src Source, address, wantDigest string) (*Chart, error) {
	data, err := fetch(ctx, client, address, func(body io.Reader) ([]byte, error) {
		return bounded.ReadAll(body, maxArchive)
	})
	var size *bounded.SizeError
	switch {
	case errors.Is(err, errAbsent):
		return nil, &SourceError{Ref: src.redactedRef(), Reason: ReasonNotFound, Err: err}
	case errors.As(err, &size):
		return nil, sized(src, "the archive", size)
	case err != nil:
		return nil, err
	}
	sum := sha256.Sum256(data)
	digest := "sha256:" + hex.EncodeToString(sum[:])
	if want := strings.TrimPrefix(wantDigest, "sha256:"); want != "" && "sha256:"+want != digest {
		return nil, tampered(src, "the archive", digest, "sha256:"+want, "index.yaml")
	}
	signer, err := src.verifyArchive(ctx, archive{
		name: path.Base(location(address).Path), data: data,
		provenance: func() ([]byte, error) { return fetchProvenance(ctx, client, src, address) },
	})
	if err != nil {
		return nil, err
	}
	loaded, err := unpack(src, data)
	if err != nil {
		return nil, err
	}
	return newChart(src, loaded, origin{digest, signer, data})
}

// fetchProvenance downloads the provenance file beside an archive.
func fetchProvenance(ctx context.Context, client *http.Client, src Source, archive string) ([]byte, error) {
	at := location(archive)
	at.Path, at.RawPath = at.Path+".prov", ""
	data, err := fetch(ctx, client, at.String(), func(body io.Reader) ([]byte, error) {
		return bounded.ReadAll(body, maxSignature)
	})
	var size *bounded.SizeError
	switch {
	case errors.Is(err, errAbsent):
		return nil, src.unsigned("%s does not exist", at.Redacted())
	case errors.As(err, &size):
		return nil, sized(src, "the provenance file", size)
	}
	return data, err
}

// location parses the address of an archive that was downloaded.
func location(address string) *url.URL {
	at, err := url.Parse(address)
	if err != nil {
		return &url.URL{Path: address}
	}
	return at
}

// tampered is content that is not what its digest names.
func tampered(src Source, what, got, want, where string) error {
	return &SourceError{
		Ref:    src.redactedRef(),
		Reason: ReasonCorrupt,
		Err:    fmt.Errorf("%s has digest %s, and %s names %s", what, got, where, want),
		Remedy: "do not install it, and report it to the owner of the registry",
	}
}

func fetch(
	ctx context.Context,
	client *http.Client,
	address string,
	read func(io.Reader) ([]byte, error),
) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	switch {
	case response.StatusCode == http.StatusNotFound:
		return nil, errAbsent
	case response.StatusCode != http.StatusOK:
		reason, remedy := classifyStatus(response.StatusCode)
		return nil, &SourceError{
			Ref:    Source{Ref: address}.redactedRef(),
			Reason: reason,
			Err:    errors.New(response.Status),
			Remedy: remedy,
		}
	}
	return read(response.Body)
}

func httpClient() (client *http.Client, closeIdle func()) {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment}
	if base, ok := http.DefaultTransport.(*http.Transport); ok {
		transport = base.Clone()
	}
	return &http.Client{Transport: transport}, transport.CloseIdleConnections
}
