package chart

import (
	"bytes"

	helmchart "helm.sh/helm/v3/pkg/chart"
	"sigs.k8s.io/yaml"

	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
)

// FromRelease wraps the chart that Helm keeps with a release. Its templates were
// rendered before, so it renders in this process. Helm keeps the default values without
// their comments, and no subcharts: see IsComplete.
func FromRelease(kept *helmchart.Chart) *Chart {
	defaults, _ := yaml.Marshal(kept.Values) // they were parsed from YAML
	info := chartinfo.Info{
		Name: kept.Name(), Version: kept.Metadata.Version, AppVersion: kept.AppVersion(), Defaults: defaults,
		Digest: kept.Metadata.Annotations[DigestAnnotation], Signer: kept.Metadata.Annotations[SignerAnnotation],
		Templates: templatesOf(kept),
	}
	return &Chart{Info: info, helm: kept, turn: make(chan struct{}, 1)}
}

// templatesOf joins the templates of a chart; it never returns nil.
func templatesOf(c *helmchart.Chart) []byte {
	texts := make([][]byte, len(c.Templates))
	for i, t := range c.Templates {
		texts[i] = t.Data
	}
	return append([]byte{}, bytes.Join(texts, []byte("\n"))...)
}

// IsComplete reports whether the chart has everything that its metadata names: Helm does
// not keep subcharts with a release.
func (c *Chart) IsComplete() bool {
	return len(c.helm.Metadata.Dependencies) == len(c.helm.Dependencies())
}

// Allows reports whether the source selects this version of its chart, as far as is known
// without the list of its versions.
func (s Source) Allows(version string) bool { return satisfies(version, s.Version) }
