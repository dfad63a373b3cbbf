package narrate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/wizard/theme"
)

func TestInstallEvents(t *testing.T) {
	var out bytes.Buffer
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	n := New(&out, Options{Terminal: theme.Terminal{ASCII: true}, Now: func() time.Time { return now }})
	pod := event.Object{Kind: "Pod", Name: "zenml-0"}
	for _, e := range []event.Event{
		event.RunStarted{Typical: 70 * time.Second},
		event.StepStarted{Step: "state", Title: "check release zenml"},
		event.StepStarted{Step: "release", Title: "install release zenml", Typical: 35 * time.Second},
		event.ObjectChanged{Object: pod, State: event.Waiting, Reason: "ContainerCreating",
			Message: "pulling the image"},
		event.ObjectChanged{Object: pod, State: event.Waiting, Reason: "ContainerCreating",
			Message: "pulling the image"},
		event.LogLine{Pod: "zenml-0", Line: "not without -v"},
		event.Stuck{ObjectChanged: event.ObjectChanged{Object: pod, Message: "no node has the memory"}, Waited: time.Minute,
			Remedy: "add a node", Deadline: now.Add(9 * time.Minute)},
	} {
		n.Install(e)
	}
	now = now.Add(75 * time.Second)
	n.Install(event.ObjectChanged{Object: pod, State: event.Ready})
	n.Install(event.Notice{Text: "attached again"})
	n.Install(event.StepFinished{Step: "release", Duration: 76 * time.Second})
	n.Install(event.StepFinished{Step: "readiness", Duration: time.Second, Err: errors.New("x")})
	want := `  - this usually takes 1m10s
~ check release zenml
~ install release zenml (usually 35s)
  o waiting Pod zenml-0: ContainerCreating: pulling the image
  ! Pod zenml-0 has waited for 1m00s: no node has the memory
    add a node
    This run waits for another 9m00s, then it fails. You can stop it now: what was created stays, and the next run continues.
  + ready   Pod zenml-0 (after 1m15s waiting)
  - attached again
+ release: done in 1m16s
x readiness: failed after 1.0s
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestCheckEvents(t *testing.T) {
	var out bytes.Buffer
	n := New(&out, Options{Terminal: theme.Terminal{ASCII: true}})
	one := check.Check{ID: "database.login", Claim: "the user can log in", Failure: "the user cannot log in"}
	n.Check(check.Event{Check: one})
	n.Check(check.Event{Check: one, Result: &check.Result{Check: one, Status: check.Failed, Message: "refused",
		Remedy: "line one\nline two", Duration: 2 * time.Second}})
	n.Check(check.Event{Check: one, Result: &check.Result{Check: one, Status: check.Skipped}})
	n.Summary(check.Report{Results: []check.Result{{Status: check.Failed}, {Status: check.Skipped}},
		Duration: 3 * time.Second})
	want := `x failed  the user cannot log in: refused (2.0s)
    line one
    line two
Checks: 0 passed, 0 warnings, 1 failed, 1 skipped in 3.0s
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestExplain(t *testing.T) {
	release := &install.Release{Name: "zenml", Status: "pending-install"}
	for _, c := range []struct {
		err  error
		want Failure
	}{
		{fmt.Errorf("apply: %w", &diagnose.Fault{Object: event.Object{Kind: "Job", Name: "m"}, Summary: "it failed",
			Evidence: []string{"1045"}, Remedy: "fix it"}),
			Failure{Summary: "Job m: it failed", Evidence: []string{"1045"}, Remedy: "fix it"}},
		{&install.Interrupted{Step: "release", Next: "the next run goes on", Err: context.Canceled},
			Failure{Summary: "stopped in step release", Remedy: "the next run goes on", Stopped: true}},
		{&install.TimeoutError{After: time.Minute,
			Waiting: []event.ObjectChanged{{Object: event.Object{Kind: "Pod", Name: "p"}, Message: "no node"}}},
			Failure{Summary: "not ready after 1m00s", Evidence: []string{"Pod p: no node"},
				Remedy: "fix what is not ready and run again, or allow more time with --timeout"}},
		{&install.PendingError{Release: release, Remedy: "clear it"},
			Failure{Summary: "release zenml is pending-install: Helm or another tool is working on it, or was killed",
				Remedy: "clear it"}},
		{errors.New("boom"), Failure{Summary: "boom"}},
	} {
		if diff := cmp.Diff(c.want, Explain(c.err)); diff != "" {
			t.Errorf("%T: %s", c.err, diff)
		}
		var out bytes.Buffer
		New(&out, Options{}).Failed(Upgrade, c.err)
		for _, part := range append([]string{"The upgrade ", c.want.Summary, c.want.Remedy}, c.want.Evidence...) {
			if !strings.Contains(out.String(), part) {
				t.Errorf("%q is not printed:\n%s", part, out.String())
			}
		}
	}
}
