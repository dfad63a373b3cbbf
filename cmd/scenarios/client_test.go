package scenarios_test

import (
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/testcluster"
	"github.com/zenml-installer/zenml-installer/internal/testzenml"
)

// pipeline runs two steps and prints the run's status on the server.
const pipeline = `
from zenml import pipeline, step

@step
def one() -> int:
    return 1

@step
def double(number: int) -> int:
    return 2 * number

@pipeline(enable_cache=False)
def counting():
    double(one())

run = counting()
print("status of the run:", run.status, "result:", run.steps["double"].output.load())
`

// TestRealClient logs the real client into an installed server and runs a pipeline against it.
func TestRealClient(t *testing.T) {
	c := testcluster.Start(t)
	cli := testzenml.NewCLI(t)
	i := newInstallation(t, c, "minimal.yaml")
	i.install()
	admin := i.login()
	cli.Login(t, admin)
	cli.Run(t, "zenml", "project", "set", "default")
	if out := cli.Run(t, "zenml", "status"); !strings.Contains(out, admin.URL) ||
		!strings.Contains(out, "The active user is: 'admin'") {
		t.Errorf("zenml status:\n%s", out)
	}
	if out := cli.Script(t, pipeline); !strings.Contains(out, "status of the run: completed result: 2") {
		t.Errorf("the pipeline's run:\n%s", out)
	}
	var runs struct{ Total int }
	admin.Do(t, "GET", "/api/v1/runs?pipeline_name=counting", nil, &runs)
	if runs.Total != 1 {
		t.Errorf("the server has %d runs of the pipeline, want 1", runs.Total)
	}
}
