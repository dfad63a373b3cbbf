package wizard

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
)

func TestInstallWritesValues(t *testing.T) {
	p := newPerson(t).throughCluster().toReview().sees("in 1.2s").press("enter").sees("wrote the values to " +
		"custom-values.yaml")
	p.stage.finish <- nil
	p.sees("Server ready").press("q").leaves()
	if got := p.m.outcomeWithAnswers(); got.Values != "custom-values.yaml" || got.ValuesErr != nil {
		t.Errorf("%+v", got)
	}
}

func TestInstallOverwritesOtherValuesFile(t *testing.T) {
	p := newPerson(t)
	p.stage.written["custom-values.yaml"] = true
	p.throughCluster().toReview().sees("in 1.2s").press("enter").
		sees("custom-values.yaml already exists", "~ server.replicaCount: 1 -> 2").
		press("o").sees("wrote the values to custom-values.yaml")
}

func TestInstallKeepsOtherValuesFile(t *testing.T) {
	p := newPerson(t)
	p.stage.written["custom-values.yaml"] = true
	p.throughCluster().toReview().sees("in 1.2s").press("enter").sees("already exists").
		press("k").sees("exists with other content")
	p.stage.finish <- nil
	p.sees("Server ready").press("q").leaves()
	if got := p.m.outcomeWithAnswers(); got.Values != "" || !errors.Is(got.ValuesErr, fs.ErrExist) {
		t.Errorf("%+v", got)
	}
}

func TestCtrlCStopsInstall(t *testing.T) {
	p := newPerson(t).throughCluster().toReview().sees("in 1.2s").press("enter").sees("Running upgrade")
	p.press("ctrl+c").sees("Stop the install?").press("esc")
	if p.stage.stopped {
		t.Fatal("esc stopped the install")
	}
	p.press("ctrl+c", "ctrl+c").sees("The install was stopped", "the next run upgrades it").press("q").leaves()
	if got := p.m.outcomeWithAnswers(); got.Ending != Stopped || got.Err == nil {
		t.Errorf("%+v", got)
	}
}

func TestFailedInstallCanBeRetried(t *testing.T) {
	p := newPerson(t).throughCluster().toReview().sees("in 1.2s").press("enter").sees("Running upgrade")
	p.stage.finish <- &diagnose.Fault{Object: event.Object{Kind: "Pod", Name: "zenml-server-0"}, Summary: "the image is not in the registry", Evidence: []string{"manifest unknown"}, Remedy: "check server.image.tag"}
	p.sees("The install failed", "Pod zenml-server-0: the image is not in the registry", "manifest unknown",
		"check “Image tag” (Advanced, Pods)")
	p.press("enter").sees("Running upgrade", "Objects, 1 of 3 ready")
	p.stage.finish <- nil
	p.sees("Server ready").press("q").leaves()
	if got := p.m.outcomeWithAnswers(); got.Ending != Installed || got.Err != nil {
		t.Errorf("%+v", got)
	}
}

func TestInstallShowsLogs(t *testing.T) {
	p := newPerson(t).throughCluster().toReview().sees("in 1.2s").press("enter").sees("Running upgrade")
	i := p.m.screen().(*installing)
	for n := range 2000 {
		i.progress.add(event.LogLine{Pod: "zenml-server-0", Line: fmt.Sprintf("line %d \x1b[31mred", n)}, p.m.now())
	}
	p.press("l").sees("line 1999", "l objects")
	i.progress.add(event.LogLine{Pod: "zenml-server-0", Line: "the latest line"}, p.m.now())
	p.sees("the latest line")
	if p.press("home"); strings.Contains(p.screen(), "line 999 ") || !strings.Contains(p.screen(), "line 100") {
		t.Errorf("not limited to the latest lines\n%s", p.m.View())
	}
	p.press("l").sees("Objects, 1 of 3 ready")
}

var unschedulable = event.ObjectChanged{Object: event.Object{Kind: "Pod", Name: "zenml-server-0"}, State: event.Waiting,
	Reason: "Unschedulable", Message: "0/3 nodes are available: insufficient memory"}

// TestStuckPodIsAChoice lets the user choose once a pod has waited for a minute, until it
// waits for something else.
func TestStuckPodIsAChoice(t *testing.T) {
	install := func() *person {
		p := newPerson(t)
		p.throughCluster().toReview().sees("in 1.2s").press("enter").sees("Running upgrade")
		i := p.m.screen().(*installing)
		i.progress.add(unschedulable, p.m.now())
		if p.press("s"); strings.Contains(p.screen(), "Keep waiting") || p.stage.stopped {
			t.Fatalf("asked at once\n%s", p.screen())
		}
		i.progress.add(event.Stuck{ObjectChanged: unschedulable, Waited: time.Minute,
			Deadline: p.m.now().Add(9 * time.Minute), Remedy: "lower server.resources.requests, or add a node"}, p.m.now())
		return p.sees("Pod zenml-server-0 has waited for 1m", "waits for another 9m", "insufficient memory", "or add a node",
			"Keep waiting", "Change answers", "Stop")
	}
	p := install()
	started := unschedulable
	started.State, started.Reason, started.Message = event.Progressing, "Running", "running"
	p.m.screen().(*installing).progress.add(started, p.m.now())
	if p.press("x"); strings.Contains(p.screen(), "Keep waiting") || strings.Contains(p.screen(), "has waited for") {
		t.Errorf("the pod has started:\n%s", p.screen())
	}
	p.stage.finish <- nil
	p.sees("Server ready").press("q").leaves()

	p = install().press("w")
	if strings.Contains(p.screen(), "Keep waiting") || !strings.Contains(p.screen(), "has waited for") {
		t.Errorf("after the choice to wait:\n%s", p.screen())
	}
	again := event.Stuck{ObjectChanged: unschedulable, Waited: 2 * time.Minute, Remedy: "add a node"}
	p.m.screen().(*installing).update(installMsg{again})
	p.sees("has waited for 2m", "Keep waiting", "Change answers", "Stop")
	p.stage.finish <- nil
	p.sees("Server ready").press("q").leaves()

	install().press("s").sees("The install was stopped", "zenml-server-0 was waiting", "insufficient memory",
		"or add a node").press("q").leaves()
	install().press("s").sees("The install was stopped").press("a").sees("Resource requests", "insufficient memory")
	install().press("a").sees("Resource requests", "insufficient memory")
}

func TestEventsDuringInstall(t *testing.T) {
	p := atInstall(newPerson(t)).press("e").sees("Kubernetes has not reported any events", "e objects")
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.Local)
	pod := event.Object{Kind: "Pod", Name: "zenml-server-0"}
	report := func(id, reason, message string, count int) {
		e := event.Reported{Object: pod, ID: id, Warning: id == "1", Reason: reason, Message: message, Count: count, At: at}
		p.m.screen().(*installing).update(installMsg{e})
	}
	report("1", "FailedScheduling", "0/1 nodes are available", 1)
	report("2", "Pulled", "image pulled", 1)
	report("1", "FailedScheduling", "0/1 nodes are available", 3)
	p.sees("· 12:00:00 Pod zenml-server-0 Pulled: image pulled " +
		"! 12:00:00 Pod zenml-server-0 FailedScheduling: 0/1 nodes are available (3 times)")
	p.press("l").sees("Running upgrade", "l objects", "e events").press("e", "e").sees("Objects, ")
	if p.m.at != stepInstall {
		t.Error("not at the install")
	}
	p.press("?").sees("e for the events")
}
