package chart

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	helmchart "helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"

	"github.com/zenml-installer/zenml-installer/internal/bounded"
	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
	"github.com/zenml-installer/zenml-installer/internal/tree"
)

// Chart is a loaded chart in memory.
type Chart struct {
	Info chartinfo.Info

	helm *helmchart.Chart
	turn chan struct{} // a lock: Helm modifies a chart while rendering it

	archive []byte // as it was pulled; nil for a folder

	renderer *renderer // nil renders in this process
}

// WithHelm calls do with Helm's chart while holding its lock.
func (c *Chart) WithHelm(do func(*helmchart.Chart) error) error {
	c.turn <- struct{}{}
	defer func() { <-c.turn }()
	return do(c.helm)
}

// Load pulls or reads the chart that src names. It returns as soon as ctx is
// done. Errors are *SourceError, *VersionError or wrap ctx's cause.
func Load(ctx context.Context, src Source) (*Chart, error) {
	if err := src.check(); err != nil {
		return nil, err
	}
	c, err := bounded.Do(ctx, func() (*Chart, error) { return load(ctx, src) })
	if err != nil {
		return nil, sourceError(ctx, src, err)
	}
	return c, nil
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
		return loadPath(ctx, src)
	}
}

func loadPath(ctx context.Context, src Source) (*Chart, error) {
	if !src.isDir() {
		return loadFile(ctx, src)
	}
	if src.Verify != (Verification{}) {
		return nil, src.unsigned("a folder has no signature; helm package --sign makes a signed archive of it")
	}
	loaded, err := loadFolder(src)
	if err != nil {
		return nil, err
	}
	return newChart(src, loaded, origin{})
}

func loadFile(ctx context.Context, src Source) (*Chart, error) {
	data, err := bounded.ReadFile(ctx, src.Ref, maxArchive)
	var size *bounded.SizeError
	if errors.As(err, &size) {
		return nil, sized(src, "the archive", size)
	}
	if err != nil {
		return nil, err
	}
	signer, err := src.verifyArchive(ctx, archive{
		name: filepath.Base(src.Ref), data: data,
		provenance: func() ([]byte, error) { return readProvenance(ctx, src) },
	})
	if err != nil {
		return nil, err
	}
	loaded, err := unpack(src, data)
	if err != nil {
		return nil, err
	}
	return newChart(src, loaded, origin{signer: signer, archive: data})
}

// readProvenance reads the provenance file beside a local archive.
func readProvenance(ctx context.Context, src Source) ([]byte, error) {
	data, err := bounded.ReadFile(ctx, src.Ref+".prov", maxSignature)
	var size *bounded.SizeError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, src.unsigned("%s.prov does not exist", src.Ref)
	case errors.As(err, &size):
		return nil, sized(src, "the provenance file", size)
	}
	return data, err
}

// loadFolder loads an unpacked chart. Without a Chart.yaml, Helm would read the whole
// folder first.
func loadFolder(src Source) (*helmchart.Chart, error) {
	_, err := os.Stat(filepath.Join(src.Ref, chartutil.ChartfileName))
	var loaded *helmchart.Chart
	if err == nil {
		loaded, err = loader.LoadDir(src.Ref)
	}
	if err != nil {
		return nil, &SourceError{Ref: src.Ref, Reason: ReasonNotAChart, Err: err, Remedy: archiveRemedy}
	}
	return loaded, nil
}

// origin is what is known about where a chart came from.
type origin struct {
	digest string // of what was pulled; "" for a local chart
	signer string // whose signature was verified; "" if none was

	archive []byte // as it was pulled; nil for a folder
}

// newChart wraps a chart that Helm loaded. It rejects library charts and
// versions that src does not allow.
func newChart(src Source, loaded *helmchart.Chart, from origin) (*Chart, error) {
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
	if tree.Depth(loaded.Values) > maxLevels {
		return nil, tooLarge(src, "its values are nested more than %d levels deep", maxLevels)
	}
	if !satisfies(loaded.Metadata.Version, src.Version) {
		return nil, &VersionError{Ref: src.redactedRef(), Version: src.Version,
			Nearest: []string{loaded.Metadata.Version}}
	}
	from.annotate(loaded.Metadata)
	return &Chart{
		turn:     make(chan struct{}, 1),
		renderer: newRenderer(src.Renderer, loaded),
		Info: chartinfo.Info{
			Ref:        src.redactedRef(),
			Name:       loaded.Name(),
			Version:    loaded.Metadata.Version,
			AppVersion: loaded.AppVersion(),
			Defaults:   rawFile(loaded, chartutil.ValuesfileName),
			Digest:     from.digest,
			Signer:     from.signer,
		},
		helm:    loaded,
		archive: from.archive,
	}, nil
}

// DigestAnnotation is the annotation of a release's chart with the digest of what was
// pulled: of the manifest in a registry, or of the archive in a repository.
const DigestAnnotation = "zenml-installer/digest"

// SignerAnnotation is the annotation of a release's chart with the key whose signature
// was verified.
const SignerAnnotation = "zenml-installer/signer"

// annotate stores the origin where Helm keeps it with each revision. What the chart
// itself says about it is removed.
func (o origin) annotate(m *helmchart.Metadata) {
	for name, value := range map[string]string{DigestAnnotation: o.digest, SignerAnnotation: o.signer} {
		delete(m.Annotations, name)
		if value == "" {
			continue
		}
		if m.Annotations == nil {
			m.Annotations = map[string]string{}
		}
		m.Annotations[name] = value
	}
}

func rawFile(c *helmchart.Chart, name string) []byte {
	for _, f := range c.Raw {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}
