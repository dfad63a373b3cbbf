package install

import (
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/internal/prerequisite"
)

func TestPrerequisite_adapt(t *testing.T) {
	p := Prerequisite{Component: prerequisite.Traefik}
	for remedy, want := range map[string]string{
		"lower server.resources.requests, or add a node": "correct the resources in prerequisites.values.traefik",
		"correct server.image.tag":                       "correct prerequisites.imageRegistry",
		"set database.sqlite.storageClass":               "prerequisites.values.traefik",
		"":                                               "prerequisites.values.traefik",
		"check the storage driver's log":                 "check the storage driver's log",
	} {
		f := diagnose.Fault{Remedy: remedy}
		p.adapt(&f)
		if !strings.Contains(f.Remedy, want) {
			t.Errorf("%q: %q", remedy, f.Remedy)
		}
	}
}
