package chart

import (
	"context"
	"fmt"
	"os"
	"sync"

	helmchart "helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"

	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
)

// Chart is a loaded chart in memory.
type Chart struct {
	Info chartinfo.Info

	// Digest is the manifest digest in an OCI registry or the archive's digest
	// in a repository index ("sha256:…"); empty for a local chart.
	Digest string

	helm *helmchart.Chart
	mu   sync.Mutex // Helm modifies a chart while rendering it
}

// WithHelm calls do with Helm's chart while holding its lock.
func (c *Chart) WithHelm(do func(*helmchart.Chart) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return do(c.helm)
}

// Load pulls or reads the chart that src names. It returns as soon as ctx is
// done. Errors are *SourceError, *VersionError or wrap ctx's cause.
func Load(ctx context.Context, src Source) (*Chart, error) {
	if err := src.check(); err != nil {
		return nil, err
	}
	type result struct {
		chart *Chart
		err   error
	}
	done := make(chan result, 1)
	go func() {
		c, err := load(ctx, src)
		done <- result{c, err}
	}()
	select {
	case <-ctx.Done():
		return nil, sourceError(ctx, src, ctx.Err())
	case r := <-done:
		if r.err != nil {
			return nil, sourceError(ctx, src, r.err)
		}
		return r.chart, nil
	}
}

func load(ctx context.Context, src Source) (*Chart, error) {
	switch src.kind() {
	case sourceOCI:
		return pullOCI(ctx, src)
	case sourceRepository:
		return pullRepository(ctx, src)
	case sourceArchiveURL:
		return pullArchive(ctx, src)
	default:
		return loadPath(src)
	}
}

func loadPath(src Source) (*Chart, error) {
	if _, err := os.Stat(src.Ref); err != nil {
		return nil, err
	}
	read := loader.LoadFile
	if src.isDir() {
		read = loader.LoadDir
	}
	loaded, err := read(src.Ref)
	if err != nil {
		return nil, &SourceError{
			Ref:    src.Ref,
			Reason: ReasonNotAChart,
			Err:    err,
			Remedy: "set chart.ref to a folder with a Chart.yaml, or a .tgz from helm pull or helm package",
		}
	}
	return newChart(src, loaded, "")
}

// newChart wraps a chart that Helm loaded. It rejects library charts and
// versions that src does not allow.
func newChart(src Source, loaded *helmchart.Chart, digest string) (*Chart, error) {
	if err := loaded.Validate(); err != nil {
		return nil, &SourceError{Ref: src.redactedRef(), Reason: ReasonNotAChart, Err: err}
	}
	if loaded.Metadata.Type == "library" {
		return nil, &SourceError{
			Ref:    src.redactedRef(),
			Reason: ReasonNotAChart,
			Err:    fmt.Errorf("%s is a library chart and installs nothing", loaded.Name()),
		}
	}
	if !satisfies(loaded.Metadata.Version, src.Version) {
		return nil, &VersionError{Ref: src.redactedRef(), Version: src.Version, Nearest: []string{loaded.Metadata.Version}}
	}
	return &Chart{
		Info: chartinfo.Info{
			Ref:        src.redactedRef(),
			Name:       loaded.Name(),
			Version:    loaded.Metadata.Version,
			AppVersion: loaded.AppVersion(),
			Defaults:   rawFile(loaded, chartutil.ValuesfileName),
		},
		Digest: digest,
		helm:   loaded,
	}, nil
}

func rawFile(c *helmchart.Chart, name string) []byte {
	for _, f := range c.Raw {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}
