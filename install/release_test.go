package install

import (
	"testing"

	helmchart "helm.sh/helm/v3/pkg/chart"
	helmrelease "helm.sh/helm/v3/pkg/release"
)

// TestCurrentReleases leaves out a release that was uninstalled with its history kept,
// whose older revisions failed.
func TestCurrentReleases(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	config, err := b.engine.readConfig(t.Context(), b.namespace)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []struct {
		name    string
		version int
		status  helmrelease.Status
	}{
		{"gone", 1, helmrelease.StatusFailed}, {"gone", 2, helmrelease.StatusSuperseded},
		{"gone", 3, helmrelease.StatusUninstalled}, {"back", 1, helmrelease.StatusUninstalled},
		{"back", 2, helmrelease.StatusFailed}, {"here", 1, helmrelease.StatusSuperseded},
		{"here", 2, helmrelease.StatusDeployed},
	} {
		stored := &helmrelease.Release{Name: r.name, Namespace: b.namespace, Version: r.version,
			Info: &helmrelease.Info{Status: r.status}, Chart: &helmchart.Chart{Metadata: &helmchart.Metadata{Name: "zenml"}}}
		if err := config.Releases.Create(stored); err != nil {
			t.Fatal(err)
		}
	}
	found, err := b.engine.CurrentReleases(t.Context(), b.namespace)
	if err != nil || len(found) != 2 || found[0].Name != "back" || found[0].Revision != 2 || found[1].Name != "here" {
		t.Errorf("%v %+v", err, found)
	}
}
