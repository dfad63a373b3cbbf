package install

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestRollBack rolls a failed upgrade back to the previous revision, and refuses
// to roll back to nothing.
func TestRollBack(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if _, err := b.engine.RollBack(t.Context(), nil, time.Minute, nil); err == nil {
		t.Error("rolled back to nothing")
	}
	before, _ := b.apply(b.sqlite("legacy"))
	if before.CanRollBack() {
		t.Error("a first install can be rolled back")
	}
	broken := b.sqlite("current")
	broken.Timeout = 20 * time.Second
	broken.Values["server"].(map[string]any)["image"] = map[string]any{"tag": "no-such-tag"}
	failed, err := b.engine.Apply(t.Context(), broken, record(t).observe)
	if err == nil || !failed.CanRollBack() || failed.Release.Revision != 2 {
		t.Fatalf("the upgrade: %+v, %v", failed.Release, err)
	}
	r := record(t)
	back, err := b.engine.RollBack(t.Context(), failed.Before, 2*time.Minute, r.observe)
	if err != nil {
		t.Fatalf("%v\n%s", err, r)
	}
	first := before.Release
	if got := back.Release; got.Revision != 3 || got.Status != "deployed" || got.ChartVersion != first.ChartVersion {
		t.Errorf("%+v", got)
	}
	if diff := cmp.Diff(first.Values, back.Release.Values); diff != "" {
		t.Errorf("the values differ:\n%s", diff)
	}
	image := b.serverPod().Spec.Containers[0].Image
	if want := b.Charts["legacy"].Image; image != want {
		t.Errorf("the pod runs %s, want %s", image, want)
	}
}
