package inventory

import (
	"slices"
	"strings"
	"testing"

	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/prerequisite"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// TestMissing offers to install what the cluster lacks, to users who can.
func TestMissing(t *testing.T) {
	c := testcluster.Start(t)
	lacking := prerequisite.CertManager
	lacking.Name = c.Namespace(t)
	lacking.Group = lacking.Name + ".example.com"
	present := lacking
	present.Group = "apps"
	config, err := c.Access().Config()
	if err != nil {
		t.Fatal(err)
	}
	nobody := *config
	nobody.Impersonate.UserName = "nobody"
	forbidden, err := kubernetes.NewForConfig(&nobody)
	if err != nil {
		t.Fatal(err)
	}
	r := &reader{client: c.Client(t)}
	offered := missing(lacking)(t.Context(), r)
	if len(offered) != 2 || offered[0].Value != answers.PrerequisiteInstall ||
		!strings.Contains(offered[0].Help, lacking.Ref+" "+lacking.Version) {
		t.Errorf("offered %+v", offered)
	}
	retired := lacking
	retired.Retired = "2026-03-24"
	if ways := missing(retired)(t.Context(), r); len(ways) != 2 || ways[0].Value != answers.PrerequisiteRequire {
		t.Errorf("suggested %+v for a retired component", ways)
	}
	if more := slices.Concat(missing(present)(t.Context(), r),
		missing(lacking)(t.Context(), &reader{client: forbidden})); len(more) > 0 {
		t.Errorf("offered %+v for what is installed, or to a user without the permission", more)
	}
}
