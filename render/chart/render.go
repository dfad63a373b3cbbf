package chart

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	helmchart "helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/releaseutil"

	"github.com/zenml-installer/zenml-installer/internal/bounded"
	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
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

// Render renders the chart without a cluster: lookups find nothing, so keys that the
// chart generates are new on every call. An error is a *RenderError, or the cause of
// ctx's end. Values are not changed. Safe for concurrent use.
func (c *Chart) Render(ctx context.Context, request RenderRequest) (Rendered, error) {
	limited, cancel := context.WithTimeoutCause(ctx, renderWait, errRenderTime)
	defer cancel()
	rendered, err := c.renderWithin(limited, request)
	if errors.Is(err, errRenderTime) {
		err = &RenderError{Chart: c.Info.Name, Version: c.Info.Version, Cause: err.Error(), Err: err}
	}
	return rendered, err
}

var errRenderTime = fmt.Errorf("its templates did not finish within %s, and probably never do", renderTime)

func (c *Chart) renderWithin(ctx context.Context, request RenderRequest) (Rendered, error) {
	if c.renderer != nil {
		return c.renderer.render(ctx, c.Info, request)
	}
	select {
	case c.turn <- struct{}{}:
	case <-ctx.Done():
		return Rendered{}, context.Cause(ctx)
	}
	return bounded.Do(ctx, func() (Rendered, error) {
		defer func() { <-c.turn }()
		return render(c.helm, c.Info, request)
	})
}

func render(helm *helmchart.Chart, info chartinfo.Info, request RenderRequest) (Rendered, error) {
	files, err := renderFiles(helm, request)
	if err != nil {
		return Rendered{}, renderError(info, err)
	}
	var rendered Rendered
	rendered.Notes = takeNotes(files, helm.Name())
	hooks, manifests, err := releaseutil.SortManifests(files, nil, releaseutil.InstallOrder)
	if err != nil {
		return Rendered{}, renderError(info, err)
	}
	for _, hook := range hooks {
		if err := rendered.add(info, hook.Path, hook.Manifest); err != nil {
			return Rendered{}, err
		}
	}
	for _, m := range manifests {
		if err := rendered.add(info, m.Name, m.Content); err != nil {
			return Rendered{}, err
		}
	}
	return rendered, nil
}

func renderFiles(helm *helmchart.Chart, request RenderRequest) (map[string]string, error) {
	values := tree.Clone(request.Values)
	if err := chartutil.ProcessDependenciesWithMerge(helm, values); err != nil {
		return nil, err
	}
	capabilities, err := request.capabilities()
	if err != nil {
		return nil, err
	}
	if want := helm.Metadata.KubeVersion; want != "" &&
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
	full, err := chartutil.ToRenderValues(helm, values, options, capabilities)
	if err != nil {
		return nil, err
	}
	files, err := engine.Render(helm, full)
	if err != nil {
		return nil, err
	}
	size := 0
	for _, content := range files {
		size += len(content)
	}
	if size > maxRendered {
		return nil, fmt.Errorf("it renders more than %s, and Helm stores at most 1 MiB", bounded.Size(maxRendered))
	}
	return files, nil
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

func (r *Rendered) add(info chartinfo.Info, file, content string) error {
	objects, err := manifest.Parse([]byte(content))
	if err == nil && slices.ContainsFunc(objects, isTooDeep) {
		err = fmt.Errorf("an object is nested more than %d levels deep", maxLevels)
	}
	if err != nil {
		return &RenderError{
			Chart:   info.Name,
			Version: info.Version,
			File:    inChart(file),
			Cause:   err.Error(),
			Err:     err,
		}
	}
	r.Objects = append(r.Objects, objects...)
	return nil
}

func isTooDeep(o manifest.Object) bool { return tree.Depth(o.Object) > maxLevels }

// takeNotes takes the NOTES.txt of the chart and its dependencies out of
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
