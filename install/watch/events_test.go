package watch

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/redact"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// TestReportEvents reports the events about the release's objects once, in order, and
// again when they are repeated.
func TestReportEvents(t *testing.T) {
	var got []string
	redactor := redact.New(nil)
	redactor.Add("c4nary-s3cret")
	w := New(Config{Namespace: "n", Redactor: redactor, Emit: func(e event.Event) {
		r := e.(event.Reported)
		got = append(got, r.ID+" "+r.Name+" "+r.Reason)
		if r.Warning != (r.Reason == "BackOff") || r.Message != "with "+secret.Mask {
			t.Errorf("%+v", r)
		}
	}})
	at := func(id, pod, reason string, count int32, second int64) *corev1.Event {
		kind := corev1.EventTypeNormal
		if reason == "BackOff" {
			kind = corev1.EventTypeWarning
		}
		return &corev1.Event{
			ObjectMeta: metav1.ObjectMeta{UID: types.UID(id)}, Type: kind, Reason: reason, Count: count,
			Message:       "with c4nary-s3cret",
			LastTimestamp: metav1.NewTime(time.Unix(second, 0)),
			InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: "n", Name: pod,
				UID: types.UID("uid-" + pod)},
		}
	}
	pods := []*corev1.Pod{{ObjectMeta: metav1.ObjectMeta{Name: "ours", UID: "uid-ours"}}}
	w.told["old"] = 1
	look := func(events ...*corev1.Event) { w.reportEvents(view{pods: pods, events: events}) }
	look(at("old", "ours", "Scheduled", 1, 1), at("b", "ours", "BackOff", 1, 3), at("a", "ours", "Pulled", 1, 2),
		at("c", "another", "BackOff", 1, 2))
	look(at("a", "ours", "Pulled", 1, 2), at("b", "ours", "BackOff", 2, 4))
	want := []string{"a ours Pulled", "b ours BackOff", "b ours BackOff"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
