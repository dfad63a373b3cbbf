package probepod

import (
	"slices"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/checks/database"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

func TestMain(m *testing.M) { checktest.Main(m, Checks) }

// table contains the check of this package and the database checks that its
// result settles.
var table = slices.Concat(database.Checks, Checks)

func runChecks(t *testing.T, e *check.Env, only ...string) check.Report {
	t.Helper()
	return checktest.Look(t, table, e, only...)
}

// stage is a namespace for one test.
type stage struct {
	*checktest.Stage

	image string // of the server, instead of the stand-in's
}

func newStage(t *testing.T) *stage {
	t.Helper()
	return &stage{Stage: checktest.NewStage(t)}
}

// newRealStage is newStage with the image of the real ZenML server.
func newRealStage(t *testing.T) *stage {
	t.Helper()
	s := newStage(t)
	if !s.RealNodes {
		t.Skip("needs a node that runs containers")
	}
	s.image = s.RealServer(t, testcluster.RealCurrent).Image
	return s
}

// onBothServers runs a test with the image of the real server and with that of
// the stand-in, which must behave the same.
func onBothServers(t *testing.T, test func(t *testing.T, s *stage)) {
	t.Helper()
	for name, start := range map[string]func(*testing.T) *stage{"real": newRealStage, "stand-in": newStage} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, start(t))
		})
	}
}
