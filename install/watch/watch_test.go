package watch

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/redact"
)

// TestReportStuck reports once a minute what keeps a pod from starting, and nothing that
// does not, or that was fixed in between.
func TestReportStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		var told []event.Stuck
		w := New(Config{
			Redactor: &redact.Redactor{}, Emit: func(e event.Event) { told = append(told, e.(event.Stuck)) },
			Adapt: func(f *diagnose.Fault) { f.Remedy += "traefik" },
		})
		waits := func(kind string, d time.Duration) {
			o := observation{ObjectChanged: event.ObjectChanged{Object: event.Object{Kind: kind, Name: "x"}},
				fault: &diagnose.Fault{Remedy: "lower the requests of "}, rule: "unschedulable", grace: diagnose.Forever}
			for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(tick) {
				w.reportStuck(ctx, o, w.lasted(o))
			}
		}
		waits("Pod", 59*time.Second)
		if len(told) != 0 {
			t.Fatalf("after 59 s: %+v", told)
		}
		waits("Pod", 62*time.Second)
		if len(told) != 2 || told[0].Waited != time.Minute || told[1].Waited != 2*time.Minute || told[1].Remedy != "lower the requests of traefik" ||
			time.Until(told[1].Deadline).Round(10*time.Second) != 8*time.Minute {
			t.Errorf("after two minutes: %+v", told)
		}
		time.Sleep(2 * resolvedAfter)
		waits("Pod", 30*time.Second)
		waits("Ingress", 2*time.Minute)
		if len(told) != 2 {
			t.Errorf("fixed, or no reason why a pod does not start: %+v", told[2:])
		}
		if !slices.Contains(blocking, "PersistentVolumeClaim") {
			t.Error("a pod does not start without its volume")
		}
	})
}
