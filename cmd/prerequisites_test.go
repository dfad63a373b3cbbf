package cmd

import (
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	installplan "github.com/zenml-installer/zenml-installer/install/plan"
)

// TestPrerequisitesInstalls counts everything that the plan's steps name as a change.
func TestPrerequisitesInstalls(t *testing.T) {
	object := func(kind string) *unstructured.Unstructured {
		o := &unstructured.Unstructured{Object: map[string]any{"kind": kind}}
		o.SetName("zenml")
		return o
	}
	for name, p := range map[string]prerequisites{
		"nothing": {}, "CRDs": {crds: 5}, "a Gateway": {gateway: object("Gateway")}, "an issuer": {issuer: object("ClusterIssuer")},
		"all": {crds: 5, gateway: object("Gateway"), issuer: object("ClusterIssuer")},
	} {
		installs := p.installs()
		if len(installs) != len(p.sentences()) {
			t.Errorf("%s: %+v for %q", name, installs, p.sentences())
		}
		r := installplan.Report{Revision: 1, Installs: installs}
		if got := r.With(installplan.Plan{}, false).UpToDate; got != (name == "nothing") {
			t.Errorf("%s: up to date %t", name, got)
		}
	}
}
