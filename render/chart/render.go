package chart

import (
	"fmt"
	"path"
	"strings"

	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/releaseutil"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/tree"
)

// RenderRequest contains the inputs for rendering a chart.
type RenderRequest struct {
	Release, Namespace string
	Values             map[string]any

	// KubeVersion is the cluster's version ("v1.34.1"); the default is the
	// version that Helm was built with.
	KubeVersion string

	// APIVersions are the cluster's API versions in addition to the built-in
	// ones ("gateway.networking.k8s.io/v1", with or without "/Kind").
	APIVersions []string

	// Upgrade sets .Release.IsUpgrade instead of .Release.IsInstall.
	Upgrade bool
}

// Rendered is the output of a chart.
type Rendered struct {
	Objects []manifest.Object // in install order, hooks first, each with its helm.sh/hook annotation
	Notes   string            // content of NOTES.txt
}

// Render renders the chart in memory, without a cluster: lookup finds nothing,
// so keys that the chart generates differ on every call. An error is a
// *RenderError. Render does not modify values and is safe for concurrent use.
func (c *Chart) Render(request RenderRequest) (Rendered, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	files, err := c.files(request)
	if err != nil {
		return Rendered{}, renderError(c.Info, err)
	}
	var rendered Rendered
	rendered.Notes = takeNotes(files, c.helm.Name())
	hooks, manifests, err := releaseutil.SortManifests(files, nil, releaseutil.InstallOrder)
	if err != nil {
		return Rendered{}, renderError(c.Info, err)
	}
	for _, hook := range hooks {
		if err := rendered.add(c, hook.Path, hook.Manifest); err != nil {
			return Rendered{}, err
		}
	}
	for _, m := range manifests {
		if err := rendered.add(c, m.Name, m.Content); err != nil {
			return Rendered{}, err
		}
	}
	return rendered, nil
}

func (c *Chart) files(request RenderRequest) (map[string]string, error) {
	values := tree.Clone(request.Values)
	if err := chartutil.ProcessDependenciesWithMerge(c.helm, values); err != nil {
		return nil, err
	}
	capabilities, err := request.capabilities()
	if err != nil {
		return nil, err
	}
	if want := c.helm.Metadata.KubeVersion; want != "" &&
		!chartutil.IsCompatibleRange(want, capabilities.KubeVersion.String()) {
		return nil, fmt.Errorf(
			"the chart requires Kubernetes %s and this is %s",
			want,
			capabilities.KubeVersion.String(),
		)
	}
	options := chartutil.ReleaseOptions{
		Name: request.Release, Namespace: request.Namespace, Revision: 1,
		IsInstall: !request.Upgrade, IsUpgrade: request.Upgrade,
	}
	full, err := chartutil.ToRenderValues(c.helm, values, options, capabilities)
	if err != nil {
		return nil, err
	}
	return engine.Render(c.helm, full)
}

func (r RenderRequest) capabilities() (*chartutil.Capabilities, error) {
	capabilities := chartutil.DefaultCapabilities.Copy()
	if r.KubeVersion != "" {
		version, err := chartutil.ParseKubeVersion(r.KubeVersion)
		if err != nil {
			return nil, fmt.Errorf("kubernetes version %q: %w", r.KubeVersion, err)
		}
		capabilities.KubeVersion = *version
	}
	capabilities.APIVersions = append(capabilities.APIVersions, r.APIVersions...)
	return capabilities, nil
}

func (r *Rendered) add(c *Chart, file, content string) error {
	objects, err := manifest.Parse([]byte(content))
	if err != nil {
		return &RenderError{
			Chart:   c.Info.Name,
			Version: c.Info.Version,
			File:    inChart(file),
			Cause:   err.Error(),
			Err:     err,
		}
	}
	r.Objects = append(r.Objects, objects...)
	return nil
}

// takeNotes removes the NOTES.txt files of the chart and its dependencies from
// files and returns the chart's own.
func takeNotes(files map[string]string, chartName string) string {
	var notes string
	for name, content := range files {
		if !strings.HasSuffix(name, "NOTES.txt") {
			continue
		}
		if name == path.Join(chartName, "templates", "NOTES.txt") {
			notes = content
		}
		delete(files, name)
	}
	return notes
}
