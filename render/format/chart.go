package format

import (
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// chartParams is what the formats need that refer to the chart.
type chartParams struct {
	chartSource
	answers.Cluster
	version string     // of the chart
	values  *yaml.Node // without secrets
}

func chartParamsOf(d values.Document) (chartParams, error) {
	source, err := chartSourceOf(d)
	if err != nil {
		return chartParams{}, err
	}
	values, err := d.WithoutSecrets()
	return chartParams{chartSource: source, Cluster: d.Answers().Cluster, version: d.Chart().Version, values: values}, err
}

// chartSource is the chart's reference, split into a repository and a name.
type chartSource struct {
	oci        bool
	repository string // with its scheme: oci://HOST/PATH or https://HOST/PATH
	name       string
	digest     string // "sha256:…" if the reference pins it
}

// chartSourceOf splits the chart's reference. It fails for a local chart and
// for the URL of an archive, which other tools cannot follow.
func chartSourceOf(d values.Document) (chartSource, error) {
	ref := d.Answers().Chart.Ref
	switch {
	case strings.HasPrefix(ref, "oci://"):
		ref, digest, _ := strings.Cut(ref, "@")
		if i := strings.LastIndexByte(ref, ':'); i > strings.LastIndexByte(ref, '/') {
			ref = ref[:i]
		}
		rest := strings.TrimPrefix(ref, "oci://")
		return chartSource{oci: true, repository: "oci://" + path.Dir(rest), name: path.Base(rest), digest: digest}, nil
	case (strings.HasPrefix(ref, "https://") || strings.HasPrefix(ref, "http://")) && !strings.HasSuffix(ref, ".tgz"):
		ref = strings.TrimSuffix(ref, "/")
		if cut, ok := strings.CutSuffix(ref, "/"+d.Chart().Name); ok {
			ref = cut
		}
		return chartSource{repository: ref, name: d.Chart().Name}, nil
	}
	return chartSource{}, answers.Faults{
		{
			Key:     "chart.ref",
			Summary: "other tools cannot pull it: it is not in a registry or repository",
			Remedy:  "set chart.ref to an oci:// reference or a repository URL",
		},
	}
}
