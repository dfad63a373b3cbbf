package install

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const certManagerNamespace = "cert-manager"

// certManagerChart is cert-manager's chart.
type certManagerChart struct{ *chart.Chart }

func loadChart(dir string) (*certManagerChart, error) {
	loaded, err := loader.LoadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("load cert-manager's chart: %w", err)
	}
	return &certManagerChart{loaded}, nil
}

func (c *certManagerChart) version() string { return c.Metadata.AppVersion }

// certManagerValues trusts the ACME server's certificate and enables the
// Gateway API. It disables the startup check, because Up waits itself.
func certManagerValues() map[string]any {
	const volume = "acme-ca"
	return map[string]any{
		"crds":            map[string]any{"enabled": true},
		"startupapicheck": map[string]any{"enabled": false},
		"prometheus":      map[string]any{"enabled": false},
		"extraArgs":       []any{"--enable-gateway-api"},
		"volumes":         []any{map[string]any{"name": volume, "configMap": map[string]any{"name": acmeCAName}}},
		"volumeMounts":    []any{map[string]any{"name": volume, "mountPath": "/etc/ssl/certs", "readOnly": true}},
	}
}

// render returns the chart's objects, CRDs first.
func (c *certManagerChart) render() ([]*unstructured.Unstructured, error) {
	release := chartutil.ReleaseOptions{
		Name:      "cert-manager",
		Namespace: certManagerNamespace,
		Revision:  1,
		IsInstall: true,
	}
	values, err := chartutil.ToRenderValues(c.Chart, certManagerValues(), release, chartutil.DefaultCapabilities)
	if err != nil {
		return nil, fmt.Errorf("read the values of cert-manager's chart: %w", err)
	}
	files, err := engine.Render(c.Chart, values)
	if err != nil {
		return nil, fmt.Errorf("render cert-manager's chart: %w", err)
	}
	var objects []*unstructured.Unstructured
	for _, file := range slices.Sorted(maps.Keys(files)) {
		if path.Base(file) == "NOTES.txt" || strings.HasPrefix(path.Base(file), "_") {
			continue
		}
		found, err := decode([]byte(files[file]))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		objects = append(objects, found...)
	}
	slices.SortStableFunc(objects, func(a, b *unstructured.Unstructured) int { return rank(a) - rank(b) })
	return objects, nil
}

// rank orders objects: CRDs and service accounts before what needs them,
// webhook configurations last.
func rank(object *unstructured.Unstructured) int {
	switch kind := object.GetKind(); {
	case kind == "CustomResourceDefinition":
		return 0
	case kind == "ServiceAccount":
		return 1
	case strings.HasSuffix(kind, "WebhookConfiguration"):
		return 3
	}
	return 2
}

func (i *installer) applyCertManager(ctx context.Context) error {
	objects, err := i.chart.render()
	if err != nil {
		return err
	}
	return i.cluster.apply(ctx, objects)
}
