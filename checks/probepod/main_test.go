package probepod

import (
	"slices"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/checks/database"
)

func TestMain(m *testing.M) { checktest.Main(m, Checks) }

// table has the checks that these tests run: the pod's own, and those of the
// database that its result settles.
var table = slices.Concat(database.Checks, Checks)

func look(t *testing.T, e *check.Env, only ...string) check.Report {
	t.Helper()
	return checktest.Look(t, table, e, only...)
}

// stage is a namespace in which the tests of this package build their cases.
type stage struct{ *checktest.Stage }

func newStage(t *testing.T) *stage {
	t.Helper()
	return &stage{checktest.NewStage(t)}
}
