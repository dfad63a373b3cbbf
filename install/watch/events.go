package watch

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/kubestatus"
)

// rememberEvents records the events that exist before Helm starts, which are not
// reported.
func (w *Watcher) rememberEvents() {
	for _, e := range listed[*corev1.Event](&w.caches, "Event") {
		w.told[e.UID] = timesSeen(e)
	}
}

// reportEvents reports the events about the view's objects that are new or were repeated,
// the oldest first.
func (w *Watcher) reportEvents(v view) {
	ours := v.uids()
	events := slices.DeleteFunc(slices.Clone(v.events), func(e *corev1.Event) bool {
		about := e.InvolvedObject
		_, target := v.targets.objects[event.Object{Kind: about.Kind, Namespace: about.Namespace, Name: about.Name}]
		return w.told[e.UID] == timesSeen(e) || !target && !ours[about.UID]
	})
	slices.SortStableFunc(events, func(a, b *corev1.Event) int {
		return kubestatus.EventTime(a).Compare(kubestatus.EventTime(b))
	})
	for _, e := range events {
		w.told[e.UID] = timesSeen(e)
		about := e.InvolvedObject
		w.Emit(event.Reported{
			Object: event.Object{Kind: about.Kind, Namespace: about.Namespace, Name: about.Name}, ID: string(e.UID),
			Warning: e.Type == corev1.EventTypeWarning, Reason: e.Reason, Message: w.Redactor.Text(e.Message),
			Count: timesSeen(e), At: kubestatus.EventTime(e),
		})
	}
}

// timesSeen is how often an event has occurred.
func timesSeen(e *corev1.Event) int {
	if e.Series != nil {
		return max(int(e.Series.Count), 1)
	}
	return cmp.Or(int(e.Count), 1)
}

// uids are those of the view's objects.
func (v view) uids() map[types.UID]bool {
	all := map[types.UID]bool{}
	addUIDs(all, v.deployments)
	addUIDs(all, v.replicaSets)
	addUIDs(all, v.jobs)
	addUIDs(all, v.pods)
	addUIDs(all, v.claims)
	addUIDs(all, v.services)
	addUIDs(all, v.ingresses)
	return all
}

func addUIDs[T metav1.Object](all map[types.UID]bool, objects []T) {
	for _, o := range objects {
		all[o.GetUID()] = true
	}
}
