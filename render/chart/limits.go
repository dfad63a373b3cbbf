package chart

import (
	"fmt"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/bounded"
)

// The limits of what a registry, a repository or a chart can make this process do. A
// published ZenML chart is an archive of a few dozen KiB with some 40 files, and Helm
// must store all of it in a Secret of 1 MiB.
const (
	maxIndex       = 64 << 20  // bytes of a repository's index.yaml; large public ones have some 20 MiB
	maxParsedIndex = 2 << 20   // bytes of it that are parsed, because parsing takes 34 times as much memory
	maxManifest    = 4 << 20   // bytes of an OCI manifest, as registries themselves limit it
	maxTags        = 100_000   // versions of one chart in a registry
	maxRedirects   = 10        // of one request, as in net/http
	maxArchive     = 16 << 20  // bytes of a chart archive, compressed
	maxUnpacked    = 32 << 20  // bytes of all files of a chart and its dependencies
	maxFile        = 2 << 20   // bytes of one file
	maxYAML        = 512 << 10 // bytes of Chart.yaml and values.yaml, which are parsed several times
	maxFiles       = 5_000     // files of a chart and its dependencies
	maxLevels      = 100       // nested mappings and lists in values and objects
	maxRendered    = 4 << 20   // bytes of all rendered objects

	renderTime   = 8 * time.Second // of computing for one rendering, which takes some 20 ms
	renderWait   = time.Minute     // for one rendering on a busy machine, behind others of the same chart
	renderMemory = 64 << 20        // bytes of heap for one rendering, which takes some 20 MiB
	renderIdle   = 2 * time.Second // until a process that renders and has nothing to do ends
)

// tooLarge is a chart above a limit.
func tooLarge(src Source, format string, args ...any) error {
	return &SourceError{
		Ref: src.redactedRef(), Reason: ReasonTooLarge, Err: fmt.Errorf(format, args...),
		Remedy: "set chart.ref to the ZenML chart, such as oci://public.ecr.aws/zenml/zenml",
	}
}

// sized returns an error of bounded as one of the limits.
func sized(src Source, what string, err *bounded.SizeError) error {
	return tooLarge(src, "%s is %w", what, err)
}
