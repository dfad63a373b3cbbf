package checks

import (
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

// TestWholeRun makes every check that an install into the sandbox with a
// database on this machine has, but the two that look from inside the cluster.
func TestWholeRun(t *testing.T) {
	c := testcluster.Start(t)
	e := checktest.WithDatabase(t, checktest.StartDatabase(t, testdb.Options{}))
	e.Answers.Cluster.Namespace, e.Cluster = c.Namespace(t), c.Access()
	checktest.WithChart(e, checktest.Chart(t))
	running, most := map[string]bool{}, 0
	report, err := Run(t.Context(), e, check.Options{Skip: []string{"database.in-cluster", "supply.image"}}, func(event check.Event) {
		running[event.Check.ID] = event.Result == nil
		now := 0
		for _, r := range running {
			if r {
				now++
			}
		}
		most = max(most, now)
	})
	checktest.Must(t, err)
	for _, r := range report.Results {
		t.Logf("%-22s %-5s %5d ms  %s", r.Check.ID, r.Status, r.Duration.Milliseconds(), r.Message)
		if r.Status == check.Failed {
			t.Errorf("%s fails: %s", r.Check.ID, r.Message)
		}
		if r.Status == check.Skipped && r.Message == "" {
			t.Errorf("%s does not say why it was skipped", r.Check.ID)
		}
	}
	t.Logf("%s wall, %s if one by one, %d at once", report.Duration, report.Serial(), most)
	if most < 3 {
		t.Errorf("only %d checks ran at once", most)
	}
	if s := report.Summary(); s.Passed < 25 {
		t.Errorf("%+v", s)
	}
}
