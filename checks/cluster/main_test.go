package cluster

import (
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
)

func TestMain(m *testing.M) { checktest.Main(m, Checks) }

func look(t *testing.T, e *check.Env, only ...string) check.Report {
	t.Helper()
	return checktest.Look(t, Checks, e, only...)
}
